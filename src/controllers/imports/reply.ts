import { promisify } from 'node:util';
import type { Request, Response } from 'express';

/** Lines of JSON: how far it is, and at last a page or where to go. */
const LINES = 'application/x-ndjson';

/**
 * The answer to an import: a page or a redirect for a plain form; for our script the same as lines, so that it
 * can show how far the import is and leave the chosen file where it is.
 */
export class Reply {
  readonly #res: Response;
  readonly #lines: boolean;

  constructor(req: Request, res: Response) {
    this.#res = res;
    this.#lines = req.get('accept') === LINES;
  }

  progress(done: number, total: number): void {
    if (this.#lines) this.#line({ done, total });
  }

  async page(view: string, locals: object, status: number): Promise<void> {
    if (!this.#lines) {
      // A page that comes anew has no file chosen in it.
      this.#res.status(status).render(view, { ...locals, again: true });
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
    if (!this.#res.headersSent) this.#res.status(200).type(LINES);
    this.#res.write(`${JSON.stringify(line)}\n`);
  }
}
