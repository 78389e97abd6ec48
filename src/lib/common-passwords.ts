/** Whether a password is among the first that a guesser tries. */

/** What most guessed passwords are made of, in lower case: a word here with digits and signs around it is no secret. */
const WORDS = new Set(
  `aaaaaa abc abcabc abcd abcdef abcdefg abcdefgh abcdefghi access admin administrator adobe alexander amanda america andrea andrew
  angel angels animal anthony apple arsenal asdf asdfasdf asdfg asdfgh asdfghj asdfghjk asdfghjkl ashley august austin babygirl
  bailey banana barcelona baseball basketball batman beautiful blahblah blink buster butterfly carlos changeit changeme charlie
  cheese chelsea chicken chocolate christian christmas chris computer cookie corvette dallas daniel david december default demo diamond
  dragon eagles elephant eminem estrella facebook family february ferrari flower football forever freedom friday friend friends   fuckyou gateway george gfhjkm ginger google guest hannah harley heather hello hellohello hockey hunter hunting iloveyou
  iloveu internet jackson january jasmine jennifer jessica jesus jonathan jordan joshua juliet july june justin killer kitten knight
  lakers letmein letmeinnow liverpool logitech london louise loveme lovely loveyou maggie manager march marina marlboro martin master
  matrix matthew maverick mercedes merlin michael michelle mickey midnight minecraft monday monica monkey monster mother mustang mynoob
  mypassword naruto nathan newpassword newyork nicole ninja nothing november october oliver orange pass passer passport passw passwd
  password passwordpassword patrick peanut people pepper phoenix player please pokemon police porsche power princess private purple
  qazwsx qazwsxedc qq qwaszx qwe qweasd qweasdzxc qweqwe qwer qwert qwerty qwertyu qwertyui qwertyuio qwertyuiop qwertyqwerty
  rabbit rachel ranger rangers realmadrid redsox richard robert rocket root samantha samsung sandra saturday scooter secret secure
  september shadow shalom shopping silver simple skywalker slayer slipknot snoopy soccer soleil spiderman spring startrek starwars
  steelers stella steven sterling summer sunday sunshine superman superstar support sweet system taskwire taylor teacher tech temp
  temporary temppass test tester testing testtest thomas thunder thursday tiger tigger toor trustnoone tuesday turtle unknown user
  username vanessa victoria wednesday welcome welcomeback whatever william winner winter wizard yankees yellow zaq zaqwsx zxc zxcv
  zxcvb zxcvbn zxcvbnm
  contrasena contraseña teamo tequiero hola holahola futbol amorcito micontrasena estrellita secreto clave bienvenido
  woaini nihao mima wodemima habibi marhaba`.split(/\s+/),
);

const LOOKALIKES: Record<string, string> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
  '|': 'l',
};
/** A number this long or longer is taken for a random one: shorter ones are dates, telephones and sequences. */
const LONG_NUMBER = 12;

/**
 * @param personal what anyone knows of the person (name, email address): a password made of it is as easily guessed
 */
export function isCommonPassword(password: string, personal: string[] = []): boolean {
  const text = password.toLowerCase().trim();
  if (isRegular(text) || (/^\d*$/.test(text) && text.length < LONG_NUMBER)) return true;
  const own = personal.flatMap(partsOf);
  const cores = [core(text), plain(core(text)), core(plain(text))].map(onceOnly);
  return own.includes(text) || cores.some((word) => WORDS.has(word) || own.includes(word));
}

/** Without the digits and signs around it. */
const core = (text: string): string => text.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, '');
/** With the letters that its digits and signs stand for. */
const plain = (text: string): string => text.replace(/[013457@$!|]/g, (sign) => LOOKALIKES[sign] ?? sign);

/** The same few signs over and over, or each sign one step from the last: `aaaaaaaa`, `12121212`, `abcdefgh`, `98765432`. */
function isRegular(text: string): boolean {
  const signs = [...text];
  if (new Set(signs).size <= 2) return true;
  const steps = new Set(
    signs.slice(1).map((sign, index) => (sign.codePointAt(0) ?? 0) - (signs[index]?.codePointAt(0) ?? 0)),
  );
  return steps.size === 1;
}

/** `word` for `wordword`. */
function onceOnly(text: string): string {
  const half = text.slice(0, text.length / 2);
  return half.length >= 3 && half + half === text ? half : text;
}

function partsOf(known: string): string[] {
  const text = known.toLowerCase().trim();
  return [text, text.replaceAll(/\s+/g, ''), ...text.split(/[@\s]+/)].filter((part) => part.length >= 3);
}
