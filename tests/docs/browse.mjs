// Looks at pages of the site as people do, and writes what it found as JSON.
//
// node browse.mjs CHROMIUM BASE PAGE...
// Every page is opened on a desk in light colours and on a phone in dark ones. Then the first page is
// searched, and printed.

import puppeteer from 'puppeteer';

const [chromium, base, ...pages] = process.argv.slice(2);
// In milliseconds; machines that run tests are busy.
const PATIENCE = 120_000;
const DESK = {width: 1280, height: 900};
const PHONE = {width: 390, height: 844, isMobile: true, hasTouch: true};
const found = {elsewhere: [], failed: [], errors: [], overflowing: [], backgrounds: {}, reached: '', printed: {}};

const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  // Without it, root could not start one, and containers have no name space for it.
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const [scheme, viewport] of [['light', DESK], ['dark', PHONE]]) {
    const page = await open(viewport, scheme);
    for (const name of pages) {
      // This takes ten seconds, and how it looks is up to AsyncAPI's template.
      if (name.startsWith('asyncapi/') && viewport === PHONE) continue;
      await page.goto(base + name, {waitUntil: 'networkidle0'});
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      // Each page has the same, but for what AsyncAPI's template makes.
      found.backgrounds[scheme] ??= await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      if (wide > 0) found.overflowing.push(`${name} on ${viewport.width}: ${wide}`);
    }
    await page.close();
  }
  const page = await open(DESK, 'light');
  await page.goto(base + pages[0], {waitUntil: 'networkidle0'});
  await page.click('.md-search__button');
  // The dialog is in a tree of its own.
  const input = await page.waitForSelector('>>> input[role=combobox]');
  const wanted = '>>> [role=listbox] a[href*="/payloads.html"][href$="#testcommand"]';
  // What is typed before the index has been read is not looked for; one types it again then. A
  // locator also waits for results that are drawn anew while they are found.
  for (let times = 1, clicked = false; !clicked; times++) {
    await input.click({clickCount: 3});
    await input.type('TestCommand');
    clicked = await page.locator(wanted).setTimeout(PATIENCE / 10).click().then(
      () => true,
      error => {
        if (times === 10) throw error;
        return false;
      },
    );
  }
  await page.waitForFunction(() => location.hash === '#testcommand');
  found.reached = await page.evaluate(() => location.pathname + location.hash);
  await page.close();
  const paper = await open(DESK, 'light');
  await paper.emulateMediaType('print');
  await paper.goto(base + pages[0], {waitUntil: 'networkidle0'});
  found.printed = await paper.evaluate(() => Object.fromEntries(
    ['.md-header', '.md-sidebar', '.md-content'].map(
      each => [each, [...document.querySelectorAll(each)].some(part => part.checkVisibility())],
    ),
  ));
} finally {
  await browser.close();
}
console.log(JSON.stringify(found));

async function open(viewport, scheme) {
  const page = await browser.newPage();
  page.setDefaultTimeout(PATIENCE);
  await page.setViewport(viewport);
  await page.emulateMediaFeatures([{name: 'prefers-color-scheme', value: scheme}]);
  page.on('request', request => {
    const url = request.url();
    if (!url.startsWith(base) && !url.startsWith('data:') && !url.startsWith('blob:')) found.elsewhere.push(url);
  });
  page.on('requestfailed', request => found.failed.push(`${request.url()}: ${request.failure()?.errorText}`));
  page.on('response', response => {
    if (response.status() >= 400) found.failed.push(`${response.url()}: ${response.status()}`);
  });
  page.on('pageerror', error => found.errors.push(error.message));
  page.on('console', message => {
    if (message.type() === 'error') found.errors.push(message.text());
  });
  return page;
}
