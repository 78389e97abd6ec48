import type { CategoryPayload } from '../shared/events.ts';

/** The fields of a category that leave the house, whatever else the row carries. */
export const presentCategory = ({ id, listId, name, color }: CategoryPayload): CategoryPayload => ({
  id,
  listId,
  name,
  color,
});
