/**
 * A stylesheet without the rules for what no page has. Small on purpose: it reads minified CSS of plain rules
 * inside at most conditional groups, which is what Pico ships.
 */

/** @param absent matches a selector that can meet nothing on any page */
export function leanCss(css: string, absent: RegExp): string {
  let lean = '';
  for (const { prelude, body } of rulesIn(css)) {
    if (body === null) lean += `${prelude};`;
    else if (/^@(media|supports)/.test(prelude)) lean += group(prelude, leanCss(body, absent));
    else if (prelude.startsWith('@keyframes') && absent.test(prelude)) continue;
    else if (prelude.startsWith('@')) lean += group(prelude, body);
    else
      lean += group(
        selectorsIn(prelude)
          .filter((selector) => !absent.test(withoutNot(selector)))
          .join(),
        body,
      );
  }
  return lean;
}

/** What a selector leaves out it does not need. */
const withoutNot = (selector: string): string => selector.replaceAll(/:not\((?:[^()]|\([^()]*\))*\)/g, '');

const group = (prelude: string, body: string): string => (prelude && body ? `${prelude}{${body}}` : '');

/** Each rule as what stands before its braces and what stands in them; null where it has none, as `@charset`. */
function* rulesIn(css: string): Generator<{ prelude: string; body: string | null }> {
  let from = 0;
  while (from < css.length) {
    const at = from + css.slice(from).search(/[{;]|$/);
    const prelude = css.slice(from, at).trim();
    const end = css[at] === '{' ? closing(css, at) : at;
    if (prelude) yield { prelude, body: css[at] === '{' ? css.slice(at + 1, end) : null };
    from = end + 1;
  }
}

function closing(css: string, open: number): number {
  let depth = 0;
  for (let at = open; at < css.length; at += 1) {
    if (css[at] === '{') depth += 1;
    else if (css[at] === '}' && (depth -= 1) === 0) return at;
  }
  throw new Error('a rule is not closed');
}

/** Split at the commas that separate selectors, not at those inside `:is(…)`. */
function selectorsIn(prelude: string): string[] {
  const selectors = [''];
  let depth = 0;
  for (const character of prelude) {
    if (character === ',' && depth === 0) selectors.push('');
    else selectors.push((selectors.pop() ?? '') + character);
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
  }
  return selectors;
}
