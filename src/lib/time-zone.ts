/**
 * Whether Intl knows a time zone of this name, e.g. `Europe/Madrid`. Plain offsets such as `+01:00` are none, nor
 * are abbreviations, which PostgreSQL takes for other zones than Intl does, or for none.
 */
export function isTimeZone(name: string): boolean {
  if (!/^([A-Za-z]+\/.+|UTC|GMT)$/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
