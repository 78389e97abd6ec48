import type { Response } from 'express';
import { translatorFor } from '../middleware/locale.ts';
import type { Letter } from '../models/mail/commands.ts';
import type { Viewer } from '../database/visible-lists.ts';
import { locales, type Locale } from '../shared/limits.ts';

type Written = Omit<Letter, 'to' | 'expiresAt'>;

/** An invitation by email, in the language of whoever is invited, as far as it is known. */
export const invitationMail =
  (viewer: Viewer, team: string) =>
  (secret: string, locale: string): Written => {
    const t = translatorFor(localeOf(locale));
    const gaps = { name: apart(viewer.name), email: apart(viewer.email), team: apart(team) };
    return {
      subject: t('mails.invitation.subject', gaps),
      text: t('mails.invitation.text', gaps),
      link: `/invitations/${secret}`,
    };
  };

/** For an address that nobody has it is written all the same, in the language of the page: it takes as long. */
export const resetMail =
  (res: Response) =>
  (secret: string, locale: string | null): Written => {
    const t = translatorFor(locale === null ? res.locals.locale : localeOf(locale));
    return { subject: t('mails.reset.subject'), text: t('mails.reset.text'), link: `/password-resets/${secret}` };
  };

/** To the new address: it becomes the account's when its link is opened. */
export const confirmationMail =
  ({ name, locale }: Viewer) =>
  (secret: string): Written => {
    const t = translatorFor(localeOf(locale));
    return {
      subject: t('mails.confirmation.subject'),
      text: t('mails.confirmation.text', { name: apart(name) }),
      link: `/settings/email/${secret}`,
    };
  };

/** To the old address. */
export const emailChangedMail =
  ({ name, locale }: Viewer) =>
  (email: string): Written => {
    const t = translatorFor(localeOf(locale));
    return {
      subject: t('mails.emailChanged.subject'),
      text: t('mails.emailChanged.text', { name: apart(name), email: apart(email) }),
    };
  };

const localeOf = (text: string): Locale => locales.find((locale) => locale === text) ?? 'en';

/** As `<bdi>` on a page: what people have written turns no sentence around it. */
const apart = (text: string): string => `\u2068${text}\u2069`;
