/** The import page: shows progress and keeps the chosen file. Without it the plain form works as well. */

type Line = { done: number; total: number } | { html: string } | { location: string };

const LINES = 'application/x-ndjson';

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches('[data-import]')) return;
  event.preventDefault();
  send(form, new FormData(form, event.submitter));
});

function send(form: HTMLFormElement, data: FormData): void {
  const show = progressOf(form);
  const request = new XMLHttpRequest();
  request.open('POST', form.action);
  request.setRequestHeader('Accept', LINES);
  request.upload.onprogress = ({ loaded, total }) => {
    show('reading', loaded, total);
  };
  request.onprogress = () => {
    const line = isLines(request) ? lastLine(request.responseText) : null;
    if (line && 'done' in line) show('text', line.done, line.total);
  };
  request.onloadend = () => {
    // Re-enables the button.
    form.dispatchEvent(new CustomEvent('turbo:submit-end', { bubbles: true, detail: { success: true } }));
    const line = isLines(request) ? lastLine(request.responseText) : null;
    if (line && 'location' in line) location.assign(line.location);
    else if (line && 'html' in line) draw(line.html);
    // An error page: submitted again as a plain form to show it.
    else if (request.status >= 400) form.submit();
    else show('broken', 0, 1);
  };
  show('reading', 0, 1);
  request.send(data);
}

const isLines = (request: XMLHttpRequest): boolean =>
  request.getResponseHeader('Content-Type')?.startsWith(LINES) ?? false;

function progressOf(form: HTMLFormElement): (what: 'reading' | 'text' | 'broken', done: number, total: number) => void {
  const status = form.querySelector<HTMLElement>('[data-progress]');
  const bar = status?.querySelector('progress');
  const words = status?.querySelector('span');
  return (what, done, total) => {
    if (!status || !bar || !words) return;
    status.hidden = false;
    bar.hidden = what === 'broken';
    bar.max = total;
    bar.value = done;
    words.textContent = (status.dataset[what] ?? '')
      .replace('{{done}}', done.toLocaleString())
      .replace('{{total}}', total.toLocaleString());
  };
}

function lastLine(text: string): Line | null {
  const line = text.split('\n').at(-2);
  return line ? (JSON.parse(line) as Line) : null;
}

/** Replaces everything around the file field, whose file a script could not set again. */
function draw(html: string): void {
  const main = document.querySelector('main');
  const fresh = new DOMParser().parseFromString(html, 'text/html').querySelector('main');
  const chosen = document.getElementById('file');
  if (!main || !fresh || !chosen) return;
  document.adoptNode(fresh);
  const field = fresh.querySelector('#file');
  for (const name of ['aria-invalid', 'aria-describedby']) {
    const value = field?.getAttribute(name);
    if (value) chosen.setAttribute(name, value);
    else chosen.removeAttribute(name);
  }
  field?.replaceWith(chosen);
  main.replaceChildren(...fresh.childNodes);
  main.querySelector<HTMLElement>('.errors, #preview-title')?.scrollIntoView({ block: 'nearest' });
  main.querySelector<HTMLElement>('#preview-title')?.focus();
}

export {};
