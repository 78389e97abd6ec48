/**
 * A private PostgreSQL for machines that have only Node: the server binaries come from npm, listen on a Unix socket
 * alone, and end with the app. Every process that asks for the same folder shares one server.
 */
import { thisHost } from './host.ts';
import { startOn } from './start.ts';

export { EmbeddedPostgresError } from './errors.ts';

export interface EmbeddedOptions {
  /** A folder for the clusters alone, one in it for each major version of PostgreSQL; made when missing. */
  dir: string;
  /** Made when missing. */
  database: string;
  /** A throw-away cluster for tests, apart from the durable one: nothing is forced to the disk. */
  ephemeral?: boolean;
  /** At most so many connections at once; 50 where nothing is said. A server that runs already keeps its own number. */
  maxConnections?: number;
  /** Is handed the server's log, line by line. */
  log?: (line: string) => void;
}

export interface EmbeddedServer {
  /** For `pg` and Sequelize; `host` is the socket's folder, the same from start to start. */
  connection: { host: string; port: number; user: string; database: string };
  /** False where another process, or an earlier call, runs the server: it ends with that one. */
  owner: boolean;
  /** `18.4` */
  version: string;
  /** The cluster's folder, absolute. For root it may lie outside `dir`, where the server's user can reach it. */
  dataDir: string;
  /** Resolves when the server ends although `stop` was not called; where it is another's, within half a second. */
  lost: Promise<void>;
  /** Ends the server and resolves when it has ended; where it is another's, only `lost` ends. */
  stop(): Promise<void>;
}

/**
 * Starts the embedded PostgreSQL, or joins it where it runs on that folder already; resolves when it answers.
 * The server does not keep this process alive and ends with it, however that ends.
 * @throws {EmbeddedPostgresError} one sentence with the remedy
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedServer> {
  return startOn(thisHost(), options);
}
