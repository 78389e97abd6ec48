/** Fills in the browser's time zone when creating an account. */
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
