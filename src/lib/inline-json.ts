/** JSON for a data block inside a page: without `<` nothing in it can end the script element that holds it. */
export const inlineJson = (value: unknown): string => JSON.stringify(value).replaceAll('<', '\\u003c');
