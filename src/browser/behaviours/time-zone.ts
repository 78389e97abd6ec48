/** Tells the form that makes an account in which time zone its person lives. */
export function startTimeZone(): void {
  document.addEventListener(
    'submit',
    ({ target }) => {
      const field = (target as HTMLFormElement).querySelector<HTMLInputElement>('[data-time-zone]');
      if (field) field.value = new Intl.DateTimeFormat().resolvedOptions().timeZone;
    },
    { capture: true },
  );
}
