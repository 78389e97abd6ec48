import type { Request, Response } from 'express';
import { z } from 'zod';
import { parseUserAgent } from '../../lib/user-agent.ts';
import { idInPath, parse } from '../../lib/parse.ts';
import { viewerOf } from '../../middleware/authenticate.ts';
import { signOut } from '../../middleware/session.ts';
import { listTokens } from '../../models/api-token/queries.ts';
import { keptTokens } from '../../schemas/token.ts';
import { type OpenSession, listSessions } from '../../models/session/queries.ts';
import { destroyOtherSessions, destroySessionById } from '../../models/session/commands.ts';

const othersForm = z.object({ keepTokens: keptTokens });

const HOUR = 60 * 60 * 1000;

export async function index(req: Request, res: Response): Promise<void> {
  const viewer = viewerOf(res);
  const [sessions, tokens] = await Promise.all([listSessions(viewer, req.sessionID), listTokens(viewer)]);
  res.render('settings/sessions', {
    sessions: sessions.map((session) => ({ ...session, device: deviceIn(res, session), seen: seenIn(res, session) })),
    tokens,
    errors: {},
  });
}

/** Ending the current session signs out. */
export async function destroy(req: Request, res: Response): Promise<void> {
  const ended = await destroySessionById(viewerOf(res), idInPath(req.params.id));
  if (ended === req.sessionID) {
    await signOut(req, res);
    res.redirect(303, '/login');
    return;
  }
  await res.locals.keepFlash({ kind: 'notice', key: 'accounts.sessions.ended' });
  res.redirect(303, '/settings/sessions');
}

export async function destroyOthers(req: Request, res: Response): Promise<void> {
  await destroyOtherSessions(viewerOf(res), req.sessionID, parse(othersForm, req.body).keepTokens);
  await res.locals.keepFlash({ kind: 'notice', key: 'accounts.sessions.othersEnded' });
  res.redirect(303, '/settings/sessions');
}

function deviceIn({ locals: { t } }: Response, { agent }: OpenSession): string {
  const { browser, system } = parseUserAgent(agent);
  return browser && system
    ? t('accounts.sessions.device', { browser, system })
    : (browser ?? system ?? t('accounts.sessions.unknownDevice'));
}

/** `last_seen_at` is written at most once an hour. */
function seenIn({ locals }: Response, { lastSeenAt }: OpenSession): string {
  const recent = locals.now.getTime() - lastSeenAt.getTime() < HOUR;
  return recent
    ? locals.t('accounts.sessions.seenRecently')
    : locals.t('accounts.sessions.seen', { time: locals.time(lastSeenAt.toISOString()) });
}
