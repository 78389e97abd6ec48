"""Prints what a program with a token receives: one line of JSON for each message, until the server ends it."""
import json
import os
import sys

import socketio

url, token, how = os.environ['URL'], os.environ['TOKEN'], os.environ.get('HOW', 'auth')
client = socketio.Client(reconnection=False)


def show(name, payload):
    print(json.dumps([name, payload]), flush=True)


@client.on('*')
def on_any(name, payload):
    show(name, payload)


credentials = {'headers': {'Authorization': 'Bearer ' + token}} if how == 'header' else {'auth': {'token': token}}
try:
    client.connect(url, transports=['websocket'], **credentials)
except socketio.exceptions.ConnectionError as error:
    show('refused', str(error))
    sys.exit(1)
show('caught_up', client.call('catch_up', json.loads(os.environ.get('HELD', '{}'))))
client.wait()
