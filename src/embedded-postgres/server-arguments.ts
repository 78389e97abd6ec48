import { PORT } from './socket-folder.ts';

export interface ServerSettings {
  dataDir: string;
  socketFolder: string;
  maxConnections: number;
  ephemeral: boolean;
}

/** The command line of `postgres`: whatever the files in the data folder say, these win. */
export function serverArguments({ dataDir, socketFolder, maxConnections, ephemeral }: ServerSettings): string[] {
  const settings = {
    listen_addresses: '',
    unix_socket_directories: `"${socketFolder.replaceAll('"', '""')}"`, // a list, where a comma in a name would divide
    unix_socket_permissions: '0700',
    port: PORT,
    max_connections: maxConnections,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    timezone: 'UTC',
    logging_collector: 'off',
    log_destination: 'stderr',
    log_min_messages: 'warning',
    log_checkpoints: 'off',
    // What people wrote stays out of the log: no statements, and no details such as "Key (email)=(…) already exists".
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    ...(ephemeral && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return ['-D', dataDir, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
}
