"""The asynchronous client: the same output as synchronous.py. HOW=polling: with its default transports."""
import asyncio
import json
import os
import sys

import socketio

client = socketio.AsyncClient(reconnection=False)


def show(name, payload):
    print(json.dumps([name, payload]), flush=True)


@client.on('*')
async def on_any(name, payload):
    show(name, payload)


@client.on('connect_error')
async def on_refused(reason):
    show('connect_error', reason)


async def main():
    transports = None if os.environ.get('HOW') == 'polling' else ['websocket']
    try:
        await client.connect(os.environ['URL'], transports=transports, auth={'token': os.environ['TOKEN']})
    except socketio.exceptions.ConnectionError as error:
        show('refused', str(error))
        return 1
    show('caught_up', await client.call('catch_up', json.loads(os.environ.get('HELD', '{}'))))
    await client.wait()
    return 0


sys.exit(asyncio.run(main()))
