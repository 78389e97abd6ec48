import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { countryCodes, countryName } from '../../src/lib/countries.ts';
import { User } from '../../src/models/index.ts';
import { startApp, type TestApp } from '../support/app.ts';
import { assertProblem, programOf, type Program } from '../support/program.ts';
import { createWorld, type World } from '../support/world.ts';

let app: TestApp;
let world: World;
let ana: Program;
before(async () => {
  app = await startApp();
  world = await createWorld(app);
  ana = await programOf(app, world.ana);
});
after(() => app.close());

describe('/me', () => {
  it('is the token’s account, without secrets', async () => {
    const { body } = await ana.get('/me');
    const { id, name, email, admin, locale, timeZone } = world.ana.user;
    assert.deepEqual(body, {
      id,
      name,
      email,
      emailConfirmed: true,
      admin,
      listId: world.ana.list.id,
      locale,
      timeZone,
      country: null,
      createdAt: body.createdAt,
      updatedAt: body.updatedAt,
    });
  });

  it('accepts a country code and returns the name in every language', async () => {
    const { body } = await ana.patch('/me', { country: 'es' });
    assert.deepEqual(body.country, {
      code: 'ES',
      name: { original: 'Spain', es: 'España', zh: '西班牙', ar: 'إسبانيا' },
    });
    assert.deepEqual((await ana.patch('/me', body)).body, body);
    for (const country of ['EU', 'UN', 'ZZ', 'XK', 'UK', 'SU', 'E', 'ESP', '', 5, {}, { code: 'XX' }, ['ES']])
      assertProblem(await ana.patch('/me', { country }), { status: 422, code: 101 });
    assert.equal((await ana.patch('/me', { country: null })).body.country, null);
  });

  it('is replaced as a whole: without a country there is none, and the rest must be there', async () => {
    await ana.patch('/me', { country: 'es' });
    const { status, body } = await ana.ask('PUT', '/me', { body: { name: 'Ana', locale: 'en', timeZone: 'UTC' } });
    assert.deepEqual([status, body.country, body.timeZone], [200, null, 'UTC']);
    assertProblem(await ana.ask('PUT', '/me', { body: { name: 'Ana', locale: 'en' } }), {
      status: 422,
      code: 101,
      paths: ['timeZone'],
    });
    assert.deepEqual((await ana.ask('PUT', '/me', { body })).body, body, 'what GET returns can be put back');
  });

  it('updates name, language and time zone, and pages use them', async () => {
    const { body } = await ana.patch('/me', { name: ' Ana María ', locale: 'es', timeZone: 'America/Bogota' });
    assert.deepEqual(
      { name: body.name, locale: body.locale, timeZone: body.timeZone },
      { name: 'Ana María', locale: 'es', timeZone: 'America/Bogota' },
    );
    assert.match((await world.ana.client.get('/tasks')).text, /<html[^>]+lang="es"/);
    const wrong: [string, unknown][] = [
      ['name', ''],
      ['name', null],
      ['name', 'x'.repeat(101)],
      ['name', 'a\u0007b'],
      ['locale', 'fr'],
      ['timeZone', 'Mars/Base'],
      ['timeZone', '+01:00'],
      ['timeZone', 'AET'],
      ['timeZone', 'US/Pacific-New'],
      ['timeZone', null],
      ['password', 'x'],
      ['passwordDigest', 'x'],
      ['disabled', true],
      ['seed', true],
    ];
    for (const [path, value] of wrong)
      assertProblem(await ana.patch('/me', { [path]: value }), { status: 422, code: 101, paths: [path] });
  });

  it('does not change email, rights and timestamps', async () => {
    const before = (await User.findByPk(world.ana.user.id))!.get({ plain: true });
    assert.equal(
      (
        await ana.patch('/me', {
          id: 99,
          email: 'x@example.com',
          admin: true,
          listId: 1,
          createdAt: '2000-01-01T00:00:00Z',
          updatedAt: '2000-01-01T00:00:00Z',
        })
      ).status,
      200,
    );
    assert.deepEqual((await User.findByPk(world.ana.user.id))!.get({ plain: true }), before);
    assertProblem(await ana.post('/me', {}), { status: 405, code: 113 });
  });

  it('honours If-Match', async () => {
    const ifMatch = { 'if-match': (await ana.get('/me')).headers.get('etag') ?? '' };
    assert.equal((await ana.patch('/me', { name: 'One' }, ifMatch)).status, 200);
    assertProblem(await ana.patch('/me', { name: 'Two' }, ifMatch), { status: 412, code: 107 });
  });
});

describe('countries', () => {
  it('are the 249 of ISO 3166-1, each with a name in the four languages', () => {
    assert.equal(new Set(countryCodes).size, 249);
    for (const code of countryCodes)
      for (const language of ['en', 'es', 'zh', 'ar']) assert.notEqual(countryName(code, language), code);
  });

  it('include none of the dissolved, reserved or user-assigned codes that Intl knows', () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    const letters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZ');
    const others = letters
      .flatMap((one) => letters.map((two) => one + two))
      .filter((code) => names.of(code) !== undefined && !countryCodes.includes(code));
    const known =
      'AC AN BU CP CQ CS DD DG DY EA EU EZ FX HV IC NH NT QO QU RH SU TA TP UK UN VD XA XB XK YD YU ZR ZZ'.split(' ');
    assert.deepEqual(
      others.filter((code) => !known.includes(code)),
      [],
    );
  });
});
