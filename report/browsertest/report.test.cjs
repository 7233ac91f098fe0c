// Tests of report.html in headless Chromium: make test-browser. EINET is the program that makes the runs, CHROMIUM the browser.
// SCREENSHOTS, where it is set, is a folder for pictures of what was seen.
'use strict';
const {test, before, after} = require('node:test');
const assert = require('node:assert/strict');
const {execFileSync} = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {chromium} = require('playwright-core');

const einet = process.env.EINET || 'bin/einet';
const pictures = process.env.SCREENSHOTS;
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'einet-browser-'));
const runs = {
	ei: ['ei', '--duration', '1s'],
	vs96: ['vs96', '--duration', '500ms', '--discard', '100ms'],
	potjans2014: ['potjans2014', '--scale', '0.05', '--duration', '500ms'],
	one: [path.join(dir, 'one.yaml'), '--duration', '300ms'],
	none: ['vs96', '--duration', '50ms', '--set', 'record={spikes: none}'],
};
let browser;

const page = name => path.join(dir, name, 'report.html');

before(async () => {
	fs.writeFileSync(path.join(dir, 'one.yaml'), `populations: {I: {size: 2500, tau_m: 20 ms, V_th: 20, V_reset: 10, t_ref: 2 ms, V0: {uniform: [0, 20]}, poisson: {rate: 30 kHz, weight: 0.1, synapse: delta}}}
projections: {I_to_I: {from: I, to: I, rule: fixed_indegree, indegree: 250, weight: -0.5, delay: 1.5 ms, synapse: delta}}
`);
	for (const [name, args] of Object.entries(runs)) {
		execFileSync(einet, ['run', ...args, '--engine', 'cpu', '-q', '--out', path.join(dir, name)], {stdio: ['ignore', 'ignore', 'pipe']});
	}
	execFileSync(einet, ['report', path.join(dir, 'ei'), path.join(dir, 'vs96'), '--out', path.join(dir, 'several')]);
	browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: process.getuid() === 0 ? ['--no-sandbox'] : []});
});

after(async () => {
	await browser?.close();
	fs.rmSync(dir, {recursive: true});
});

// opened is a page, with what it complained of and what it wanted from elsewhere.
async function opened(file, options = {}) {
	const context = await browser.newContext(Object.assign({viewport: {width: 1200, height: 900}}, options));
	const p = await context.newPage();
	p.complaints = [];
	p.on('console', m => { if (m.type() !== 'log' && !/willReadFrequently/.test(m.text())) p.complaints.push(m.text()); });
	p.on('pageerror', e => p.complaints.push(e.message));
	p.on('request', r => { if (!/^(file|data):/.test(r.url())) p.complaints.push(`wants ${r.url()}`); });
	await p.goto('file://' + file);
	await p.waitForTimeout(300);
	return p;
}

async function picture(p, name, at = 'activity') {
	if (!pictures) return;
	await p.evaluate(id => document.getElementById(id).scrollIntoView({behavior: 'instant'}), at);
	await p.waitForTimeout(150);
	await p.screenshot({path: path.join(pictures, name + '.png')});
}

const phone = {viewport: {width: 360, height: 760}, deviceScaleFactor: 2, isMobile: true, hasTouch: true};
const view = p => p.evaluate(() => document.querySelector('.window').textContent.match(/[\d.]+/g).map(Number));
const settle = p => p.waitForTimeout(120);

// coloured counts the pixels of the first raster that are about of a colour.
const coloured = (p, name) => p.evaluate(name => {
	const c = document.querySelector('.raster canvas'), want = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
	const rgb = [1, 3, 5].map(i => parseInt(want.slice(i, i + 2), 16)), data = c.getContext('2d').getImageData(0, 0, c.width, c.height).data;
	let n = 0;
	for (let i = 0; i < data.length; i += 4) if (rgb.every((x, k) => Math.abs(data[i + k] - x) < 24)) n++;
	return n;
}, name);

test('nothing to complain of, and nothing from elsewhere', async () => {
	for (const name of [...Object.keys(runs), 'several']) {
		for (const colorScheme of ['light', 'dark']) {
			const p = await opened(page(name), {colorScheme});
			assert.deepEqual(p.complaints, [], name);
			await picture(p, `${name}-${colorScheme}`);
			await picture(p, `${name}-${colorScheme}-network`, 'network');
			await p.context().close();
		}
	}
	// Control: a script that the policy doesn't know is complained of, and does not run.
	const changed = path.join(dir, 'changed.html');
	fs.writeFileSync(changed, fs.readFileSync(page('ei'), 'utf8').replace("'use strict';", "'use strict'; "));
	const p = await opened(changed);
	assert.match(p.complaints.join(), /Content Security Policy/);
	assert.equal(await p.locator('.raster canvas').count(), 0);
});

// misquoted are the numbers of a page that are not those of a summary.
async function misquoted(p, summary) {
	const shown = await p.evaluate(() => [...document.querySelectorAll('data[data-key]')].map(d => [d.dataset.key, d.value, d.textContent]));
	assert.ok(shown.length > 10);
	return shown.filter(([key, value, text]) => {
		const [, population, name] = key.split('.'), want = summary.populations[population][name];
		const number = text.replace('\u2212', '-').replaceAll('\u202f', '').split(' ')[0], digits = (number.split('.')[1] || '').length;
		return Number(value) !== want || Math.abs(Number(number) - want) > 0.5000001 * 10 ** -digits;
	});
}

test('numbers are those of summary.json', async () => {
	for (const name of ['ei', 'vs96', 'potjans2014', 'one']) {
		const summary = JSON.parse(fs.readFileSync(path.join(dir, name, 'summary.json')));
		const p = await opened(page(name));
		assert.deepEqual(await misquoted(p, summary), [], name);
		assert.ok((await p.textContent('body')).includes(summary.digest));
		// Control.
		Object.values(summary.populations)[0].rate_hz *= 1.001;
		assert.equal((await misquoted(p, summary)).length >= 1, true);
		await p.context().close();
	}
});

test('dragging zooms, in both plots; double-click goes back', async () => {
	const p = await opened(page('ei'));
	await p.locator('#activity').scrollIntoViewIfNeeded();
	assert.deepEqual(await view(p), [0, 1000]);
	assert.ok(await coloured(p, '--r0p0') > 2000, 'E is drawn');
	assert.ok(await coloured(p, '--r0p1') > 1000, 'I is drawn');
	for (const plot of ['.raster', '.rates']) {
		const over = p.locator(plot + ' .u-over');
		await over.scrollIntoViewIfNeeded();
		const box = await over.boundingBox();
		await p.mouse.move(box.x + 0.3 * box.width, box.y + 60);
		await p.mouse.down();
		await p.mouse.move(box.x + 0.5 * box.width, box.y + 62, {steps: 6});
		await p.mouse.up();
		await settle(p);
		const [from, to] = await view(p);
		assert.ok(Math.abs(from - 300) < 3 && Math.abs(to - 500) < 3, `${plot}: ${from} to ${to}`);
		if (plot === '.raster') await picture(p, 'ei-zoomed');
		await p.mouse.dblclick(box.x + 100, box.y + 60);
		await settle(p);
		assert.deepEqual(await view(p), [0, 1000]);
	}
	assert.deepEqual(p.complaints, []);
});

test('a tall box shows its neurons by their numbers', async () => {
	const p = await opened(page('vs96'));
	const over = p.locator('.raster .u-over');
	await over.scrollIntoViewIfNeeded();
	const box = await over.boundingBox(), before = await coloured(p, '--r0p0');
	await p.mouse.move(box.x + 300, box.y + 300);
	await p.mouse.down();
	await p.mouse.move(box.x + 340, box.y + 345, {steps: 6});
	await p.mouse.up();
	await settle(p);
	await p.mouse.move(box.x + 300, box.y + 100);
	assert.match(await p.textContent('[data-of=raster]'), /ms · E \d+ · [\d.]+ Hz, \d+ spikes?/);
	assert.equal(await coloured(p, '--r0p1'), 0, 'I is out of view');
	assert.ok(before > 0);
});

test('wheel and shift-drag', async () => {
	const p = await opened(page('ei'));
	const over = p.locator('.raster .u-over');
	await over.scrollIntoViewIfNeeded();
	const box = await over.boundingBox(), x = box.x + box.width / 2, y = box.y + 100;
	await p.mouse.move(x, y);
	await p.mouse.wheel(0, 50);
	await settle(p);
	assert.deepEqual(await view(p), [0, 1000], 'the wheel is the page\'s before a click');
	await over.scrollIntoViewIfNeeded();
	const again = await over.boundingBox();
	await p.mouse.move(x, again.y + 100);
	await p.keyboard.down('Control');
	for (let i = 0; i < 4; i++) await p.mouse.wheel(0, -100);
	await p.keyboard.up('Control');
	await settle(p);
	let [from, to] = await view(p);
	assert.ok(to - from < 500 && Math.abs((from + to) / 2 - 500) < 20, `${from} to ${to}`);
	await p.keyboard.down('Shift');
	await p.mouse.down();
	await p.mouse.move(x + 100, again.y + 100, {steps: 5});
	await p.mouse.up();
	await p.keyboard.up('Shift');
	await settle(p);
	const [later] = await view(p);
	assert.ok(later < from - 1, 'dragged to the right, earlier times come in');
});

test('fingers', async () => {
	const p = await opened(page('ei'), phone);
	const over = p.locator('.raster .u-over');
	await over.scrollIntoViewIfNeeded();
	const box = await over.boundingBox(), y = box.y + 80, cdp = await p.context().newCDPSession(p);
	const touch = (type, ...xs) => cdp.send('Input.dispatchTouchEvent', {type, touchPoints: xs.map((x, id) => ({x: box.x + x * box.width, y, id}))});
	await touch('touchStart', 0.4, 0.6);
	for (const d of [0.05, 0.1, 0.2]) await touch('touchMove', 0.4 - d, 0.6 + d);
	await touch('touchEnd');
	await settle(p);
	const [from, to] = await view(p);
	assert.ok(Math.abs(to - from - 333) < 30, `${from} to ${to}`);
	await touch('touchStart', 0.6);
	for (const x of [0.5, 0.4, 0.3]) await touch('touchMove', x);
	await touch('touchEnd');
	await settle(p);
	const [later] = await view(p);
	assert.ok(later > from + 20, `${from} to ${later}`);
});

test('keyboard', async () => {
	const p = await opened(page('ei'));
	for (let i = 0; i < 30 && !await p.evaluate(() => document.activeElement.matches('.plots')); i++) await p.keyboard.press('Tab');
	assert.ok(await p.evaluate(() => document.activeElement.matches('.plots')), 'Tab comes to the plots');
	assert.notEqual(await p.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), 'none', 'and one sees it');
	assert.match(await p.evaluate(() => document.activeElement.getAttribute('aria-label')), /Arrow keys/);
	for (const [key, want] of [['+', [250, 750]], ['ArrowLeft', [125, 625]], ['ArrowRight', [250, 750]], ['-', [0, 1000]], ['+', [250, 750]], ['0', [0, 1000]]]) {
		await p.keyboard.press(key);
		await settle(p);
		assert.deepEqual(await view(p), want, key);
	}
	await p.getByRole('button', {name: 'Zoom in'}).press('Enter');
	await settle(p);
	assert.deepEqual(await view(p), [250, 750]);
});

test('light and dark, each to be read', async () => {
	const ground = {};
	for (const colorScheme of ['light', 'dark']) {
		const p = await opened(page('ei'), {colorScheme});
		const contrast = await p.evaluate(() => {
			const luminance = text => {
				const [r, g, b] = text.match(/[\d.]+/g).map(x => x / 255).map(x => x <= 0.04045 ? x / 12.92 : ((x + 0.055) / 1.055) ** 2.4);
				return 0.2126 * r + 0.7152 * g + 0.0722 * b;
			};
			const back = luminance(getComputedStyle(document.body).backgroundColor);
			return ['h1', '.note', 'td', 'nav a', 'thead th', '.source'].map(s => luminance(getComputedStyle(document.querySelector(s)).color))
				.map(x => (Math.max(x, back) + 0.05) / (Math.min(x, back) + 0.05));
		});
		assert.ok(Math.min(...contrast) >= 4.5, `${colorScheme}: ${contrast}`); // WCAG 2.1, AA
		ground[colorScheme] = await p.evaluate(() => getComputedStyle(document.body).backgroundColor);
		assert.ok(await coloured(p, '--r0p0') > 1000, colorScheme);
		await p.context().close();
	}
	assert.notEqual(ground.light, ground.dark);
	// What is printed is light.
	const p = await opened(page('ei'), {colorScheme: 'dark'});
	await p.emulateMedia({media: 'print', colorScheme: 'dark'});
	assert.equal(await p.evaluate(() => getComputedStyle(document.body).backgroundColor), ground.light);
});

test('a phone is wide enough', async () => {
	const overflow = p => p.evaluate(width => document.documentElement.scrollWidth - width, phone.viewport.width); // innerWidth grows with what overflows
	for (const name of [...Object.keys(runs), 'several']) {
		const p = await opened(page(name), phone);
		assert.ok(await overflow(p) <= 0, name);
		await picture(p, `${name}-phone`);
		await p.evaluate(() => document.querySelectorAll('details').forEach(d => { d.open = true; }));
		assert.ok(await overflow(p) <= 0, `${name}, all open`);
		assert.deepEqual(p.complaints, []);
		if (name === 'ei') { // control
			await p.evaluate(() => document.querySelector('h1').insertAdjacentHTML('afterend', '<pre>' + 'x'.repeat(200) + '</pre>'));
			await p.evaluate(() => { document.querySelector('pre').style.width = '900px'; });
			assert.ok(await overflow(p) > 0);
		}
		await p.context().close();
	}
});

test('several runs share their view', async () => {
	const p = await opened(page('several'));
	assert.equal(await p.locator('.viewer').count(), 2);
	await p.locator('.plots').nth(1).focus();
	await p.keyboard.press('+');
	await settle(p);
	const windows = await p.locator('.window').allTextContents();
	assert.equal(windows[0], windows[1]);
	assert.match(windows[0], /^250 ms to 750 ms$/);
});

test('semantics', async () => {
	const p = await opened(page('potjans2014'));
	const faults = await p.evaluate(() => {
		const bad = [];
		for (const t of document.querySelectorAll('table')) {
			if (!t.querySelector('th[scope=row]')) bad.push('a table without row headers');
			if (!t.matches('.facts') && !t.querySelector('thead th[scope=col]')) bad.push('a table without column headers');
		}
		for (const s of document.querySelectorAll('main svg')) if (!s.getAttribute('aria-label')) bad.push('a drawing without a label');
		for (const b of document.querySelectorAll('button')) if (!(b.getAttribute('aria-label') || b.textContent)) bad.push('a button without a name');
		let last = 0;
		for (const h of document.querySelectorAll('h1,h2,h3')) {
			const level = Number(h.tagName[1]);
			if (level > last + 1) bad.push('a heading too deep: ' + h.textContent);
			last = level;
		}
		return bad;
	});
	assert.deepEqual(faults, []);
});
