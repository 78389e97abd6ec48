import type { AuditRecord } from '../models/audit/queries.ts';
import type { Translate } from '../shared/translations.ts';

/** An entry of the audit log as text, for `views/admin/audit/index.pug`. */
export interface PresentedAuditEntry {
  id: number;
  action: string;
  actor: string;
  /** The user concerned; null if it is the actor, or nobody. */
  user: string | null;
  /** Further details, a sentence or name each. */
  notes: string[];
  address: string | null;
  createdAt: string;
}

export function presentAuditEntry(entry: AuditRecord, { t }: { t: Translate }): PresentedAuditEntry {
  const { id, action, actorId, userId, userName, userEmail, address, createdAt } = entry;
  return {
    id,
    action: t(`admin.audit.actions.${action}`),
    actor: actorOf(entry, t),
    user:
      userId === null || userId === actorId
        ? null
        : userEmail === null
          ? t('admin.audit.gone', { id: userId })
          : `${userName ?? ''} (${userEmail})`,
    notes: notesOf(entry, t),
    address,
    createdAt: createdAt.toISOString(),
  };
}

function actorOf({ actorId, actorName, details }: AuditRecord, t: Translate): string {
  if (actorId !== null) return actorName ?? t('admin.audit.gone', { id: actorId });
  return t(details.by === 'operator' ? 'admin.audit.operator' : 'admin.audit.nobody');
}

const REASONS = ['unknown', 'password', 'disabled', 'throttled'];

/** The text for each known detail; '' shows nothing. */
const noteFormats: Record<string, (value: string, t: Translate) => string> = {
  by: (by, t) => (by === 'api' ? t('admin.audit.byApi') : ''),
  reason: (reason, t) => (REASONS.includes(reason) ? t(`admin.audit.why.${reason}`) : reason),
  note: (note, t) => t('admin.audit.note', { note }),
  role: (role, t) => (role === 'owner' || role === 'member' ? t(`teams.roles.${role}`) : role),
  admin: (admin, t) => (admin === 'true' ? t('admin.users.administrator') : ''),
  scopes: (scopes, t) => t(`accounts.tokens.may.${scopes.split(' ').includes('write') ? 'write' : 'read'}`),
  from: (from) => from,
  email: (email) => email,
  subject: (subject) => subject,
  team: (team) => team,
  name: (name) => name,
};

function notesOf({ details }: AuditRecord, t: Translate): string[] {
  return Object.entries(details).flatMap(([key, value]) => {
    if (value === null) return [];
    const note = noteFormats[key]?.(String(value), t) ?? `${key}: ${String(value)}`;
    return note === '' ? [] : [note];
  });
}

/** An entry as the API returns it. */
export const presentAudit = ({ id, action, details, address, createdAt, ...people }: AuditRecord) => ({
  id,
  action,
  actor: personOf(people.actorId, people.actorName),
  user: personOf(people.userId, people.userName),
  details,
  address,
  createdAt: createdAt.toISOString(),
});

const personOf = (id: number | null, name: string | null): { id: number; name: string } | null =>
  id === null || name === null ? null : { id, name };
