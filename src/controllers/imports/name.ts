/** What a file is called without its ending and what changes from one export to the next: dates, numbers, `(1)`. */
export function nameOf(filename: string): string {
  const name = filename
    .normalize()
    .replace(/^.*[\\/]/, '')
    .replace(/\.[^.]*$/, '')
    .replace(/[\p{Cc}\d()[\]]/gu, ' ')
    .replace(/[\s._-]+/g, ' ')
    .trim()
    .toLowerCase();
  return name.slice(0, 80).trim() || 'csv';
}
