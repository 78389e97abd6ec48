import type { SidebarList } from '../models/list/queries.ts';

/** A list as the API gives it. @param address of the API's paths, absolute */
export const presentList = (
  { id, name, epoch, version, open }: SidebarList,
  viewer: { listId: number },
  address: (path: string) => string,
) => ({ id, url: address(`/lists/${String(id)}`), name, personal: id === viewer.listId, epoch, version, open });
