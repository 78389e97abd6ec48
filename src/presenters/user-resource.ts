interface Account {
  id: number;
  name: string;
  email: string;
  admin: boolean;
  disabled: boolean;
  disabledReason: string | null;
  locale: string;
  timeZone: string;
  createdAt: Date;
  updatedAt: Date;
  taskCount: number;
  teams?: { id: number; name: string }[];
  tasks?: { id: number; listId: number; description: string | null; completed: boolean; createdAt: Date }[];
}

/** The fields of anybody's account that administrators see. @param address of the API's paths, absolute */
export const presentUser = (
  {
    id,
    name,
    email,
    admin,
    disabled,
    disabledReason,
    locale,
    timeZone,
    createdAt,
    updatedAt,
    taskCount,
    teams,
    tasks,
  }: Account,
  address: (path: string) => string,
) => ({
  id,
  url: address(`/users/${encodeURIComponent(email)}`),
  name,
  email,
  admin,
  disabled,
  disabledReason,
  locale,
  timeZone,
  taskCount,
  createdAt: createdAt.toISOString(),
  updatedAt: updatedAt.toISOString(),
  ...(teams && { teams: teams.map((team) => ({ id: team.id, name: team.name })) }),
  ...(tasks && {
    tasks: tasks.map((task) => ({
      id: task.id,
      listId: task.listId,
      description: task.description,
      completed: task.completed,
      createdAt: task.createdAt.toISOString(),
    })),
  }),
});
