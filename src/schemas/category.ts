import { z } from 'zod';
import { categoryColors } from '../shared/limits.ts';
import { localizedChanges, localizedText, shownText } from './localized.ts';
import { id, reserved, time, url } from './shared.ts';

const color = z.enum(categoryColors, 'errors.colorUnknown');

/** A category as events and tasks carry it. */
export const labelSchema = z.object({ id: z.int(), listId: z.int(), name: shownText, color }).meta({ id: 'Label' });

export const categorySchema = z
  .object({ id: z.int(), url, listId: z.int(), name: shownText, color, createdAt: time, updatedAt: time })
  .meta({ id: 'Category', description: 'A coloured label in a list.' });

const reservedNames = ['id', 'url', 'createdAt', 'updatedAt'] as const;
const listId = id.meta({ description: 'Your personal list unless said. A category stays in its list.' });

export const newCategoryBody = z.strictObject({
  name: localizedText,
  color: color.default('grey'),
  listId: listId.optional(),
  ...reserved(...reservedNames),
});
export const categoryPatch = z.strictObject({
  name: localizedChanges.optional(),
  color: color.nullish(),
  listId: listId.optional(),
  ...reserved(...reservedNames),
});
