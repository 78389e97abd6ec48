import type { SidebarList } from '../models/list/queries.ts';

/** A list as the API returns it. @param url makes an absolute URL of a path of the API */
export const presentList = (
  { id, name, epoch, version, open }: SidebarList,
  viewer: { listId: number },
  url: (path: string) => string,
) => ({ id, url: url(`/lists/${String(id)}`), name, personal: id === viewer.listId, epoch, version, open });
