import { List, User } from '../../src/models/index.ts';
import type { Viewer } from '../../src/database/visible-lists.ts';

/** Creates a person with a personal list and returns their viewer. Nobody can sign in as them. */
export async function person(name: string): Promise<Viewer> {
  const email = `${name}@example.com`;
  const user = await User.create({ name, email, passwordDigest: '-' });
  const list = await List.create({ userId: user.id });
  return Object.freeze({
    id: user.id,
    name,
    email,
    admin: false,
    locale: 'en',
    timeZone: 'Europe/Madrid',
    listId: list.id,
  });
}
