import type { Request, Response } from 'express';
import { HttpError, forbidden } from '../lib/http-error.ts';
import { bearerToken } from '../middleware/security.ts';
import type { TokenScope } from '../schemas/token.ts';
import { type LoadedToken, loadToken } from '../models/api-token/queries.ts';

declare global {
  namespace Express {
    interface Locals {
      /** Set by authenticateToken, in the API only. */
      token: LoadedToken;
      /** In the API only: the body was still on its way when the token was loaded. */
      heldBack: boolean;
    }
  }
}

/**
 * Authenticates by the Authorization header alone. Cookies are ignored, so that pages of other sites cannot use a
 * session here.
 * @throws HttpError 401, 403 without the scope
 */
export async function authenticateToken(req: Request, res: Response, scope: TokenScope): Promise<LoadedToken> {
  const given = bearerToken(req.get('authorization'));
  const token = given === undefined ? null : await loadToken(given);
  if (!token)
    throw new HttpError(401, 'errors.tokenMissing', {
      'WWW-Authenticate': given === undefined ? 'Bearer' : 'Bearer error="invalid_token"',
    });
  if (!token.scopes.includes(scope)) throw forbidden('errors.tokenScope');
  res.locals.token = token;
  return token;
}
