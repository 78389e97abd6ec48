import { Mail } from '../../src/models/index.ts';

/** The last mail to an address that waits to be sent. */
export const lastMailTo = (recipient: string): Promise<Mail> =>
  Mail.findOne({ where: { recipient }, order: [['id', 'DESC']], rejectOnEmpty: true });

/** The path in it. */
export async function linkTo(recipient: string): Promise<string> {
  const { link } = await lastMailTo(recipient);
  if (link === null) throw new Error(`the last mail to ${recipient} has no link`);
  return link;
}
