import { z } from 'zod';
import { canonicalLanguage } from '../lib/language-tag.ts';
import type { LocalizedText } from '../shared/events.ts';
import { limits } from '../shared/limits.ts';

const MOST_LANGUAGES = 50;

/** The name of a category in one language. */
export const categoryName = z
  .string('errors.categoryNameMissing')
  .trim()
  .min(1, 'errors.categoryNameMissing')
  .max(limits.categoryName, 'errors.categoryNameTooLong')
  .meta({ example: 'Home' });

/** What GET gives of such a text. */
export const shownText = z
  .object({ original: z.string() })
  .catchall(z.string())
  .meta({
    id: 'LocalizedText',
    description: 'By language (BCP 47); `original` is always there, and shown where the reader’s language is missing.',
    example: { original: 'Home', es: 'Casa' },
  });

const inLanguages = z
  .record(z.string(), z.unknown())
  .meta({ description: 'By language (BCP 47); `original` is required.', example: { original: 'Home', es: 'Casa' } });
const asLanguages = (given: string | Record<string, unknown>): unknown =>
  typeof given === 'string' ? { original: given } : given;

/** The name of a category in several languages, each by its tag in one spelling; text alone is the original. */
export const localizedText = z
  .union([categoryName, inLanguages], 'errors.categoryNameMissing')
  .transform(asLanguages)
  .pipe(
    z
      .object({ original: categoryName })
      .catchall(categoryName)
      .transform((given, context): LocalizedText => ({ ...inOneSpelling(given, context), original: given.original })),
  );

/** What changes in such a name: languages that are left out stay, null takes one away. */
export const localizedChanges = z
  .union([categoryName, inLanguages], 'errors.categoryNameMissing')
  .transform(asLanguages)
  .pipe(z.object({ original: categoryName.optional() }).catchall(categoryName.nullable()).transform(inOneSpelling));

function inOneSpelling<Text>(given: Record<string, Text>, context: z.RefinementCtx): Record<string, Text> {
  const texts: Record<string, Text> = {};
  const wrong = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message, input: given });
  };
  for (const [tag, text] of Object.entries(given)) {
    const language = tag === 'original' ? tag : canonicalLanguage(tag);
    if (language === null) wrong([tag], 'errors.languageUnknown');
    else if (Object.hasOwn(texts, language) || (language === 'original' && tag !== 'original'))
      wrong([tag], 'errors.languageTwice');
    else texts[language] = text;
  }
  if (Object.keys(texts).length > MOST_LANGUAGES) wrong([], 'errors.tooLarge');
  return texts;
}
