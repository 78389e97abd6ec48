import type { SessionEnd } from '../../shared/events.ts';
import { forgetDrafts } from './drafts.ts';
import { isLeaving } from './submit-once.ts';

/** The session has ended: to the sign-in page, which says why, and afterwards back to here. */
export function leaveForSignIn(reason: SessionEnd): void {
  if (reason !== 'expired') forgetDrafts();
  // The tab that signs out is on its way already, with an answer that takes its cookie away.
  if (isLeaving()) return;
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}&notice=${reason}`);
}
