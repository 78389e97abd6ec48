import { z } from 'zod';

/** How an exported list identifies itself; the version rises when older programs could no longer read it. */
export const exportFormat = { format: 'taskwire', version: 1 } as const;

export const exportSchema = z
  .object({
    format: z.literal(exportFormat.format),
    version: z.literal(exportFormat.version),
    exportedAt: z.iso.datetime(),
    list: z.object({ id: z.int(), name: z.string().nullable(), key: z.string() }),
    categories: z.array(z.object({ name: z.looseObject({ original: z.string() }), color: z.string() })),
    tasks: z.array(z.looseObject({ id: z.int(), description: z.string(), categories: z.array(z.string()) })),
  })
  .meta({ id: 'Export' });
