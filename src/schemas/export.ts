import { z } from 'zod';
import { EXPORT_FORMAT } from '../transfer/task-file.ts';

export const exportSchema = z
  .object({
    format: z.literal(EXPORT_FORMAT.format),
    version: z.literal(EXPORT_FORMAT.version),
    exportedAt: z.iso.datetime(),
    list: z.object({ id: z.int(), name: z.string().nullable(), key: z.string() }),
    categories: z.array(z.object({ name: z.looseObject({ original: z.string() }), color: z.string() })),
    tasks: z.array(z.looseObject({ id: z.int(), description: z.string(), categories: z.array(z.string()) })),
  })
  .meta({ id: 'Export' });
