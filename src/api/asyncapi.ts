import { z } from 'zod';
import { catchUpError, catchUpSchema, heldPositions, serverMessages } from '../schemas/event.ts';
import { socketLimits } from '../shared/limits.ts';

export interface GuideSection {
  title: string;
  /** Paragraphs, with `code` between backticks. */
  text: string[];
  code?: { language: string; text: string };
}

/** A message as the documentation shows it. */
interface MessageDoc {
  name: string;
  summary: string;
  payload: object;
}

export interface EventDocs {
  guide: GuideSection[];
  /** From the server, then `catch_up` and its answer. */
  messages: MessageDoc[];
  /** What messages refer to, by name. */
  schemas: Record<string, object>;
}

/** The documentation of sockets, from the schemas that validate them. @param origin the address of this server */
export function eventDocs(origin: string): EventDocs {
  return { guide: guideFor(origin), ...(described ??= describe()) };
}

let described: Omit<EventDocs, 'guide'> | undefined;

/**
 * The same as an AsyncAPI document, of what the server sends and receives.
 * @see https://www.asyncapi.com/docs/reference/specification/v3.0.0
 */
export function asyncapi(origin: string): object {
  const { guide, messages, schemas } = eventDocs(origin);
  const { host, protocol } = new URL(origin);
  const inChannel = (name: string) => ({ $ref: `#/channels/live/messages/${name}` });
  const channel = { $ref: '#/channels/live' };
  return {
    asyncapi: '3.0.0',
    info: { title: 'Taskwire live', version: '1', description: guide.map(toMarkdown).join('\n\n') },
    defaultContentType: 'application/json',
    servers: {
      taskwire: {
        host,
        pathname: '/socket.io/',
        protocol: protocol === 'https:' ? 'wss' : 'ws',
        description: 'Socket.IO 4 over the websocket transport.',
        security: [{ $ref: '#/components/securitySchemes/bearer' }],
      },
    },
    channels: {
      live: {
        address: '/',
        title: 'The default namespace',
        description: 'Every list that the person of the token may see.',
        messages: Object.fromEntries(messages.map(({ name }) => [name, { $ref: `#/components/messages/${name}` }])),
      },
    },
    operations: {
      sendEvents: {
        action: 'send',
        channel,
        summary: 'What the server emits.',
        messages: Object.keys(serverMessages).map(inChannel),
      },
      receiveCatchUp: {
        action: 'receive',
        channel,
        summary: 'The only message that clients send. It is acknowledged with what they have missed.',
        messages: [inChannel('catch_up')],
        reply: { channel, messages: [inChannel('catch_up_answer')] },
      },
    },
    components: {
      messages: Object.fromEntries(messages.map(({ name, ...message }) => [name, { name, title: name, ...message }])),
      schemas,
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'A token with the scope `read`, as `token` of the handshake’s `auth` or as a header.',
        },
      },
    },
  };
}

const clientMessages: Record<string, { summary: string; payload: z.ZodType }> = {
  catch_up: { summary: 'Asks for what has happened in these lists since.', payload: heldPositions },
  catch_up_answer: { summary: 'The acknowledgement of `catch_up`.', payload: z.union([catchUpSchema, catchUpError]) },
};

function describe(): Omit<EventDocs, 'guide'> {
  const all = { ...serverMessages, ...clientMessages };
  const whole = z.object(Object.fromEntries(Object.entries(all).map(([name, { payload }]) => [name, payload])));
  const json = JSON.stringify(z.toJSONSchema(whole, { target: 'draft-7', override: simplify }));
  const { definitions: schemas, properties } = JSON.parse(
    json.replaceAll('"#/definitions/', '"#/components/schemas/'),
  ) as { definitions: Record<string, object>; properties: Record<string, object> };
  const messages = Object.entries(all).map(([name, { summary }]) => ({
    name,
    summary,
    payload: properties[name] ?? {},
  }));
  return { messages, schemas };
}

/** Leaves out what a reader of the documentation does not need, and what would forbid fields to come. */
function simplify({
  zodSchema,
  jsonSchema,
}: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const { def } = zodSchema._zod;
  if (def.type === 'object' && !def.catchall) delete jsonSchema.additionalProperties;
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  const { example, ...rest } = jsonSchema;
  if (example === undefined) return;
  for (const key of Object.keys(jsonSchema)) if (!(key in rest)) Reflect.deleteProperty(jsonSchema, key);
  jsonSchema.examples = [example];
}

function toMarkdown({ title, text, code }: GuideSection): string {
  const fenced = code ? [`\`\`\`${code.language}\n${code.text}\n\`\`\``] : [];
  return [`## ${title}`, ...text, ...fenced].join('\n\n');
}

/** Paragraphs, written with line breaks and indentation. */
const prose = (text: string): string[] =>
  text
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => paragraph.replace(/\s+/g, ' '));

const guideFor = (origin: string): GuideSection[] => [
  {
    title: 'Connect',
    text: prose(`
      Every change reaches programs over Socket.IO 4, at \`${origin}/socket.io/\` in the default namespace. Only the
      websocket transport is served, while most clients try to poll first unless \`transports\` says otherwise.
      Pages can load a client from \`/socket.io/socket.io.js\`.

      Authenticate with a token of scope \`read\`: as \`token\` in the handshake’s \`auth\`, or as \`Authorization:
      Bearer …\`. A handshake may come without an Origin, from this origin without a cookie, or from one of
      \`API_CORS_ORIGINS\`, whose cookies are ignored; any other is refused with status 400. A token that is wrong,
      expired or revoked is a \`connect_error\` with the message \`unauthorized\`.`),
    code: {
      language: 'js',
      text: `import { io } from 'socket.io-client';

const socket = io('${origin}', { transports: ['websocket'], auth: { token: process.env.TOKEN } });
socket.on('connect_error', (error) => console.error(error.message));
socket.on('connect', async () => console.log(await socket.emitWithAck('catch_up', {})));
socket.on('new_task', (task) => console.log(task.description, task.url));`,
    },
  },
  {
    title: 'Connect in Python',
    text: prose(`
      With Debian’s \`python3-socketio\` and \`python3-websocket\`; its asynchronous client takes
      \`python3-aiohttp\`.`),
    code: {
      language: 'python',
      text: `import os
import socketio

client = socketio.Client()

@client.on('new_task')
def on_new_task(task):
    print(task['description'], task['url'], flush=True)

client.connect('${origin}', transports=['websocket'], auth={'token': os.environ['TOKEN']})
client.call('catch_up', {})
client.wait()`,
    },
  },
  {
    title: 'Stay complete',
    text: prose(`
      You receive the events of every list that you may see, without joining anything. Each list numbers its
      changes: \`list.version\` of an event is the last one plus one, within the same \`list.epoch\`. The payload is
      the record as it is now, or \`gone\`, whatever the event is called.

      To keep an exact copy: read \`GET /api/v1/lists\`, which has the \`epoch\` and \`version\` of each list, then
      the tasks. On every \`connect\`, send \`catch_up\` with the positions that you hold; after the acknowledgement
      everything arrives as an event. Ignore events up to your version, apply the next one, and send \`catch_up\`
      again when a version is skipped or \`list_versions\` is ahead of you. After \`reset\`, or with another epoch,
      read the list again. Without a socket, \`GET /api/v1/lists/{id}/events\` gives the same answer.`),
  },
  {
    title: 'Limits',
    text: prose(`
      A person may have ${socketLimits.tabsPerUser} connections. A packet has at most ${socketLimits.packetBytes}
      bytes, a second ${socketLimits.packetsPerSecond} packets with ${socketLimits.bytesPerSecond} bytes, a
      \`catch_up\` ${socketLimits.catchUpLists} lists, and ${socketLimits.catchUpsAtOnce} of them may be under way.
      Who exceeds these, does not read, or sends ${socketLimits.malformedPackets} messages other than a well-formed
      \`catch_up\` is disconnected.`),
  },
];
