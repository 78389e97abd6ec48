import { z } from 'zod';
import type { LocalizedText } from '../shared/events.ts';
import { categoryColors, limits, type CategoryColor } from '../shared/limits.ts';
import { id, requiredLine, reserved, time, url } from './shared.ts';

const MAX_LANGUAGES = 50;

export const categoryColor = z.enum(categoryColors, 'errors.colorUnknown');
export const defaultColor: CategoryColor = 'grey';

/** The name of a category in one language. */
export const categoryName = requiredLine(
  limits.categoryName,
  'errors.categoryNameMissing',
  'errors.categoryNameTooLong',
).meta({ example: 'Home', maxLength: limits.categoryName });

/** A localized name in a response. */
const nameInResponse = z
  .object({ original: z.string() })
  .catchall(z.string())
  .meta({
    id: 'LocalizedText',
    description:
      'Text by language (BCP 47). `original` is always present, and shown where the language of the reader is missing.',
    example: { original: 'Home', es: 'Casa' },
  });

const byLanguage = z
  .record(z.string(), z.unknown())
  .meta({ description: 'By language (BCP 47); `original` is required.', example: { original: 'Home', es: 'Casa' } });
const toLanguages = (name: string | Record<string, unknown>): unknown =>
  typeof name === 'string' ? { original: name } : name;

/** The name of a category in several languages, with canonical tags; a plain string is the original. */
export const localizedName = z
  .union([categoryName, byLanguage], 'errors.categoryNameMissing')
  .transform(toLanguages)
  .pipe(
    z
      .object({ original: categoryName })
      .catchall(categoryName)
      .transform((name, context): LocalizedText => ({ ...canonicalTags(name, context), original: name.original })),
  );

/** Changes to such a name: languages that are left out stay, null removes one. */
const localizedNamePatch = z
  .union([categoryName, byLanguage], 'errors.categoryNameMissing')
  .transform(toLanguages)
  .pipe(z.object({ original: categoryName.optional() }).catchall(categoryName.nullable()).transform(canonicalTags));

function canonicalTags<Text>(name: Record<string, Text>, context: z.RefinementCtx): Record<string, Text> {
  const texts: Record<string, Text> = {};
  const refuse = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message, input: name });
  };
  for (const [tag, text] of Object.entries(name)) {
    const language = tag === 'original' ? tag : canonicalLanguage(tag);
    if (language === null) refuse([tag], 'errors.languageUnknown');
    else if (Object.hasOwn(texts, language) || (language === 'original' && tag !== 'original'))
      refuse([tag], 'errors.languageTwice');
    else texts[language] = text;
  }
  if (Object.keys(texts).length > MAX_LANGUAGES) refuse([], 'errors.tooLarge');
  return texts;
}

/** A category as tasks and events carry it. */
export const labelSchema = z
  .object({ id: z.int(), listId: z.int(), name: nameInResponse, color: categoryColor })
  .meta({ id: 'Label' });

export const categorySchema = z
  .object({
    id: z.int(),
    url,
    listId: z.int(),
    name: nameInResponse,
    color: categoryColor,
    createdAt: time,
    updatedAt: time,
  })
  .meta({ id: 'Category', description: 'A coloured label of a list.' });

const readOnly = reserved('id', 'url', 'createdAt', 'updatedAt');
const listId = id.meta({
  description: 'Default for a new category: your personal list. A category cannot be moved to another list.',
});

export const newCategoryBody = z.strictObject({
  name: localizedName,
  color: categoryColor.default(defaultColor),
  listId: listId.optional(),
  ...readOnly,
});

export const categoryPatch = z.strictObject({
  name: localizedNamePatch.optional(),
  color: categoryColor.nullish(),
  listId: listId.optional(),
  ...readOnly,
});

/** The form knows the original name only. */
export const categoryForm = z.object({ name: categoryName, color: categoryColor.default(defaultColor) });

/** As RFC 5646 §4.4.1 recommends. */
const MAX_LENGTH = 35;

/**
 * Canonicalizes a BCP 47 language tag, `es-MX` for `ES-mx`.
 * @returns null if it is not one
 */
export function canonicalLanguage(tag: string): string | null {
  if (tag.length > MAX_LENGTH) return null;
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}
