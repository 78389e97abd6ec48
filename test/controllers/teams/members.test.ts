import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Invitation, Team } from '../../../src/models/index.ts';
import { startApp, type TestApp } from '../../support/app.ts';
import { createWorld, type World } from '../../support/world.ts';

describe('removing a member', () => {
  let app: TestApp;
  let world: World;
  before(async () => {
    app = await startApp();
    world = await createWorld(app);
  });
  after(() => app.close());

  it('warns about open invitation links, if there are any', async () => {
    const { ana, bob } = world;
    const team = await Team.found(ana.viewer, 'House');
    const path = `/teams/${String(team.id)}`;
    const remove = async (): Promise<string> => {
      await team.admit(ana.user.id, bob.user.id);
      assert.equal((await ana.client.delete(`${path}/members/${String(bob.user.id)}`)).location, path);
      return (await ana.client.get(path)).text;
    };
    const words = /open invitation link can still join/;
    await Invitation.issue(ana.viewer, team, 'guest@example.com');
    assert.doesNotMatch(await remove(), words, 'an invitation by email is for its person alone');
    const { invitation } = await Invitation.issue(ana.viewer, team, null);
    assert.match(await remove(), words);
    await invitation.revoke(ana.viewer);
    assert.doesNotMatch(await remove(), words);
  });
});
