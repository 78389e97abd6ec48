import type { Answer, Client } from './client.ts';

export interface ChosenFile {
  name: string;
  content: string | Uint8Array<ArrayBuffer>;
}

/** Submits a form with a file like a browser; null stands for an empty file field. */
export async function upload(
  client: Client,
  path: string,
  file: ChosenFile | null,
  fields: Record<string, string> = {},
  headers: Record<string, string> = {},
): Promise<Answer> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.append(name, value);
  form.append('file', new Blob(file ? [file.content] : []), file?.name ?? '');
  const response = await fetch(client.baseUrl + path, {
    method: 'POST',
    redirect: 'manual',
    headers: {
      accept: 'text/html',
      'accept-language': 'en',
      'sec-fetch-site': 'same-origin',
      cookie: client.cookieHeader,
      ...headers,
    },
    body: form,
  });
  const location = response.headers.get('location');
  // A preview is shown by the page that the form leads to.
  if (location?.endsWith('?preview')) return client.get(location, {}, headers);
  return {
    status: response.status,
    headers: response.headers,
    text: await response.text(),
    location,
  };
}
