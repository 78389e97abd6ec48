import { promisify } from 'node:util';
import type { Request, Response } from 'express';

/** Lines of JSON: progress, then the page or a location. */
const NDJSON = 'application/x-ndjson';

/**
 * The response to an import: for a plain form a redirect, or the page with its errors; for the page's script the same
 * as NDJSON, so that it can show progress and keep the chosen file.
 */
export class Reply {
  readonly #res: Response;
  readonly #lines: boolean;

  constructor(req: Request, res: Response) {
    this.#res = res;
    this.#lines = req.get('accept') === NDJSON;
  }

  progress(done: number, total: number): void {
    if (this.#lines) this.#line({ done, total });
  }

  async page(view: string, locals: object, status: number): Promise<void> {
    if (!this.#lines) {
      // A new page loses the chosen file.
      const page = { ...locals, again: true };
      if (status === 200) {
        await this.#res.locals.keepOnce(this.#res.req.path, page);
        this.#res.redirect(303, `${this.#res.req.path}?preview`);
      } else this.#res.status(status).render(view, page);
      return;
    }
    const html = await promisify<string>((done) => {
      this.#res.render(view, { ...locals, again: false }, done);
    })();
    this.#line({ html });
    this.#res.end();
  }

  redirect(location: string): void {
    if (!this.#lines) {
      this.#res.redirect(303, location);
      return;
    }
    this.#line({ location });
    this.#res.end();
  }

  #line(line: object): void {
    if (!this.#res.headersSent) this.#res.status(200).type(NDJSON);
    this.#res.write(`${JSON.stringify(line)}\n`);
  }
}
