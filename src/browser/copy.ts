/** Pages with a link or token: "Copy" copies the field before it. Without a script the field can be selected. */
document.addEventListener('click', ({ target }) => {
  const button = target instanceof Element ? target.closest<HTMLElement>('[data-copy]') : null;
  const field = button?.previousElementSibling;
  if (button && field instanceof HTMLInputElement)
    void copy(field).then(() => (button.textContent = button.dataset.copy ?? ''));
});

async function copy(field: HTMLInputElement): Promise<void> {
  // Only on https and localhost; over plain http the selected text is copied the old way.
  const { clipboard } = navigator as { clipboard?: Clipboard };
  if (clipboard) {
    await clipboard.writeText(field.value);
    return;
  }
  field.select();
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- see above
  if (!document.execCommand('copy')) throw new Error('copying failed');
  // A field in use would hold back the page's next change.
  field.blur();
}

export {};
