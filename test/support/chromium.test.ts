import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hasPackaged, launchBrowser } from './chromium.ts';

describe('The packaged browser', () => {
  it('draws text, even in scripts without a font', { skip: !hasPackaged && 'Linux x64 only' }, async () => {
    const browser = await launchBrowser();
    try {
      const page = await browser.newPage();
      await page.setContent('<p>订购海报 اطلب الملصقات 😀</p><canvas></canvas>');
      await page.screenshot();
      const [narrow, wide] = [await page.evaluate<Drawn>(draw('iii')), await page.evaluate<Drawn>(draw('WWW'))];
      assert.ok(narrow.pixels > 0 && wide.pixels > narrow.pixels, 'glyphs are painted');
      assert.ok(wide.width > 1.5 * narrow.width, 'glyphs differ in width');
      assert.ok((await page.evaluate<Drawn>(draw('订购海报'))).width > 0, 'missing glyphs still take space');
    } finally {
      await browser.close();
    }
  });
});

interface Drawn {
  width: number;
  pixels: number;
}

const draw = (text: string): string => `(() => {
  const context = document.querySelector('canvas').getContext('2d');
  context.font = '24px sans-serif';
  context.clearRect(0, 0, 300, 150);
  context.fillText('${text}', 10, 50);
  const alpha = context.getImageData(0, 0, 300, 150).data.filter((_, index) => index % 4 === 3);
  return { width: context.measureText('${text}').width, pixels: alpha.filter((value) => value > 0).length };
})()`;
