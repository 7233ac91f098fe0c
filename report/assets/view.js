// Draws the raster and the rates of each run, which share one view in time. uPlot does axes, cursor and selection.
(() => {
'use strict';
const root = document.documentElement;
const style = name => getComputedStyle(root).getPropertyValue(name).trim();
const runs = JSON.parse(document.getElementById('data').textContent).runs;

// ---- data ----

// unpack reads numbers of seven bits a byte, the lowest first.
function unpack(base64) {
	const text = atob(base64), all = [];
	for (let i = 0, x = 0, scale = 1; i < text.length; i++) {
		const b = text.charCodeAt(i);
		x += (b & 127) * scale;
		scale *= 128;
		if (b < 128) { all.push(x); x = 0; scale = 1; }
	}
	return all;
}

// read is a run with its rows of spike times [ms] and its counts in bins.
function read(run) {
	const packed = unpack(run.spikes), counts = unpack(run.counts);
	let at = 0, first = 0;
	run.rows = [];
	run.populations.forEach((p, k) => {
		p.first = first;
		first += p.neurons.length;
		p.end = first;
		for (const neuron of p.neurons) {
			const times = new Float64Array(packed[at++]);
			for (let i = 0, step = 0; i < times.length; i++) {
				step += packed[at++];
				times[i] = step * run.dt;
			}
			run.rows.push({population: p, neuron, times});
		}
		p.sums = new Float64Array(run.bins + 1); // up to each bin
		for (let b = 0; b < run.bins; b++) p.sums[b + 1] = p.sums[b] + counts[k * run.bins + b];
	});
	return run;
}

// ---- numbers in words ----

const minus = text => text.replace('-', '\u2212');
const round = (x, digits) => minus(Number(x.toPrecision(digits)).toString());
const grouped = n => n < 10000 ? String(n) : String(n).replace(/\B(?=(\d{3})+$)/g, '\u202f');

// nice is the least of 1, 2, 5, 10, ... not below x.
function nice(x) {
	const power = 10 ** Math.floor(Math.log10(x));
	for (const m of [1, 2, 5]) if (x <= m * power * (1 + 1e-9)) return m * power;
	return 10 * power;
}

const end = Math.max(...runs.map(r => r.duration), 1e-9);
const inSeconds = end > 2000;

// time is a moment with the digits that its view resolves.
function time(ms, span) {
	const unit = inSeconds ? 1000 : 1;
	const digits = Math.min(6, Math.max(0, Math.ceil(2.5 - Math.log10(span / unit))));
	return minus((ms / unit).toFixed(digits)) + (inSeconds ? ' s' : ' ms');
}

// first is the index of the first of ascending values that is at least x.
function first(values, x) {
	let lo = 0, hi = values.length;
	while (lo < hi) {
		const mid = (lo + hi) >> 1;
		if (values[mid] < x) lo = mid + 1; else hi = mid;
	}
	return lo;
}

// ---- the view that all plots share ----

const view = {
	from: 0, to: end, least: Math.min(end, 20 * Math.min(...runs.map(r => r.dt))), plots: [], told: [],
	set(from, to) {
		const span = Math.min(end, Math.max(this.least, to - from));
		const middle = (from + to) / 2;
		this.from = Math.max(0, Math.min(end - span, middle - span / 2));
		this.to = this.from + span;
		if (!this.waiting) this.waiting = requestAnimationFrame(() => { this.waiting = 0; this.show(); });
	},
	show() {
		for (const p of this.plots) p.show();
		for (const f of this.told) f();
	},
	zoom(factor, at = (this.from + this.to) / 2) {
		const f = Math.max(factor, this.least / (this.to - this.from));
		this.set(at - (at - this.from) * f, at + (this.to - at) * f);
	},
	pan(share) {
		const by = share * (this.to - this.from);
		this.set(this.from + by, this.to + by);
	},
	reset() {
		for (const p of this.plots) if (p.resetRows) p.resetRows();
		this.set(0, end);
	},
};
const actions = {
	in: () => view.zoom(0.5), out: () => view.zoom(2), left: () => view.pan(-0.25), right: () => view.pan(0.25), reset: () => view.reset(),
};

// ---- what plots have in common ----

const ink = () => style('--ink'), grid = () => style('--grid'), axisLine = () => style('--line');
const font = '12px ' + getComputedStyle(document.body).fontFamily;

// leftSize is the room beside an axis: the same for all, so that they share the time axis.
const longest = Math.max(3, ...runs.flatMap(r => r.populations.map(p => Math.min(14, p.name.length))));
const leftSize = () => Math.min(innerWidth < 500 ? 62 : 110, Math.max(innerWidth < 500 ? 46 : 58, 16 + 7.2 * longest));

function axes(withTime, y) {
	return [
		{
			stroke: ink, font, labelFont: font, size: withTime ? 26 : 8, labelSize: 20, gap: 4, label: withTime ? (inSeconds ? 'Time (s)' : 'Time (ms)') : undefined,
			grid: {stroke: grid, width: 1}, ticks: {show: withTime, stroke: axisLine, width: 1, size: 5}, border: {show: true, stroke: axisLine, width: 1}, space: 70,
			values: (u, splits) => splits.map(v => withTime ? round(inSeconds ? v / 1000 : v, 7) : ''),
		},
		Object.assign({stroke: ink, font, labelFont: font, labelSize: 18, size: leftSize() - (y.label ? 18 : 0), gap: 5, grid: {stroke: grid, width: 1},
			ticks: {show: false}, border: {show: true, stroke: axisLine, width: 1}}, y),
	];
}

// make makes a plot that follows the view.
function make(element, y, scaleY, series, data, hooks, dragY, withTime) {
	const size = () => ({width: Math.max(120, element.clientWidth), height: element.clientHeight});
	const u = new uPlot(Object.assign(size(), {
		scales: {x: {time: false, auto: false, range: () => [view.from, view.to]}, y: Object.assign({auto: true}, scaleY)},
		legend: {show: false}, series: [{}, ...series], axes: axes(withTime, y), padding: [6, 22, 0, 0],
		cursor: {
			drag: {x: true, y: dragY, uni: dragY ? 30 : undefined, setScale: false, dist: 4}, points: {show: false}, y: dragY,
			sync: {key: 'time', filters: {pub: type => type === 'mousemove' || type === 'mouseleave'}, scales: ['x', null]},
			bind: {dblclick: () => () => { view.reset(); return null; }},
		},
		hooks,
	}), data, element);
	new ResizeObserver(() => { u.setSize(size()); view.set(view.from, view.to); }).observe(element);
	gestures(u);
	return u;
}

// select zooms to what was dragged. A selection of one axis alone has the whole of the other.
function select(u) {
	const s = u.select;
	if (s.width > 3 && s.width < u.over.clientWidth - 1) view.set(u.posToVal(s.left, 'x'), u.posToVal(s.left + s.width, 'x'));
	u.setSelect({left: 0, top: 0, width: 0, height: 0}, false);
}

// gestures are those that uPlot does not have: moving, wheel, touch.
function gestures(u) {
	const over = u.over, box = over.closest('.plots');
	const at = x => u.posToVal(x - over.getBoundingClientRect().left, 'x');
	over.addEventListener('mousedown', e => {
		box.focus({preventScroll: true, focusVisible: false});
		if (!e.shiftKey && e.button !== 1) return;
		e.stopImmediatePropagation();
		e.preventDefault();
		const from = view.from, to = view.to, x = e.clientX;
		over.classList.add('moving');
		const move = m => { const by = (x - m.clientX) / over.clientWidth * (to - from); view.set(from + by, to + by); };
		const up = () => { over.classList.remove('moving'); removeEventListener('mousemove', move); removeEventListener('mouseup', up); };
		addEventListener('mousemove', move);
		addEventListener('mouseup', up);
	}, true);
	over.addEventListener('wheel', e => {
		if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
			e.preventDefault();
			view.pan(e.deltaX / over.clientWidth);
		} else if (e.ctrlKey || e.metaKey || document.activeElement === box) {
			e.preventDefault();
			view.zoom(Math.exp(Math.max(-60, Math.min(60, e.deltaY)) * (e.ctrlKey ? 0.012 : 0.004)), at(e.clientX));
		}
	}, {passive: false});
	const fingers = new Map();
	let started;
	const begin = () => {
		const xs = [...fingers.values()];
		started = {from: view.from, to: view.to, xs, at: xs.map(at)};
	};
	over.addEventListener('pointerdown', e => {
		if (e.pointerType !== 'touch') return;
		fingers.set(e.pointerId, e.clientX);
		begin();
	});
	over.addEventListener('pointermove', e => {
		if (!fingers.has(e.pointerId)) return;
		fingers.set(e.pointerId, e.clientX);
		const xs = [...fingers.values()], left = over.getBoundingClientRect().left, width = over.clientWidth;
		if (xs.length === 1) {
			const by = (started.xs[0] - xs[0]) / width * (started.to - started.from);
			view.set(started.from + by, started.to + by);
		} else if (xs.length === 2 && Math.abs(xs[0] - xs[1]) > 10) { // what was under each finger stays there
			const span = Math.abs(started.at[1] - started.at[0]) / Math.abs(xs[1] - xs[0]) * width;
			const from = Math.min(...started.at) - (Math.min(...xs) - left) / width * span;
			view.set(from, from + span);
		}
	});
	for (const type of ['pointerup', 'pointercancel', 'pointerleave']) {
		over.addEventListener(type, e => { if (fingers.delete(e.pointerId) && fingers.size) begin(); });
	}
}

// discarded shades what is not in the statistics.
function discarded(u, run) {
	if (!(run.discard > view.from)) return;
	const x = u.valToPos(view.from, 'x', true), to = Math.min(u.valToPos(run.discard, 'x', true), u.bbox.left + u.bbox.width);
	u.ctx.fillStyle = style('--shade');
	u.ctx.fillRect(x, u.bbox.top, to - x, u.bbox.height);
}

function clipped(u, draw) {
	const c = u.ctx;
	c.save();
	c.beginPath();
	c.rect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
	c.clip();
	draw(c);
	c.restore();
}

// labels places names at the middles of stretches, as many as there is room for.
function labels(u, stretches, axisHeight) {
	const kept = [];
	const {min, max} = u.scales.y;
	let last = -Infinity;
	for (const s of stretches) {
		const lo = Math.max(s.lo, min), hi = Math.min(s.hi, max);
		if (!(hi > lo)) continue;
		const middle = (lo + hi) / 2, y = (middle - min) / (max - min) * axisHeight;
		if (y - last < 13) continue;
		last = y;
		kept.push({at: middle, name: s.name});
	}
	return kept;
}
const cut = name => name.length > 14 ? name.slice(0, 7) + '\u2026' + name.slice(-6) : name;

// ---- raster ----

function raster(element, run, readout) {
	const n = run.rows.length;
	const most = 0.12, least = 0.012; // shares of the plot that marks cover
	let lo = 0, hi = n, hovered = null, marks = [];
	element.style.height = Math.min(element.clientHeight, Math.max(90, 22 * n + 30)) + 'px';
	const stretches = () => hi - lo <= 26 && n > run.populations.length ?
		run.rows.map((r, k) => ({name: cut(r.population.name) + ' ' + r.neuron, lo: k, hi: k + 1})) :
		run.populations.map(p => ({name: cut(p.name), lo: p.first, hi: p.end}));
	const u = make(element, {
		splits: u => (marks = labels(u, stretches(), u.bbox.height / devicePixelRatio)).map(m => m.at),
		values: () => marks.map(m => m.name), grid: {show: false}, space: 1, incrs: undefined,
	}, {range: () => [lo, hi]}, [{show: true, paths: () => null, points: {show: false}}], [[0, end], [0, n]], {
		draw: [u => clipped(u, c => {
			discarded(u, run);
			paint(c, u);
		})],
		setSelect: [u => {
			const s = u.select;
			if (s.height > 3 && s.height < u.over.clientHeight - 1) {
				const a = u.posToVal(s.top + s.height, 'y'), b = u.posToVal(s.top, 'y');
				lo = Math.max(0, Math.min(n - 1, Math.floor(a)));
				hi = Math.min(n, Math.max(lo + 1, Math.ceil(b)));
			}
			select(u);
			view.set(view.from, view.to);
		}],
		setCursor: [u => hover(u)],
	}, true, false);

	function paint(c, u) {
		const ratio = devicePixelRatio, rowHeight = u.bbox.height / (hi - lo);
		let height = Math.min(14 * ratio, Math.max(0.84 * rowHeight, Math.min(4 * rowHeight, 3.2 * ratio)));
		let width = (n < 200 || view.to - view.from < 200 ? 1.8 : 1.3) * ratio, spikes = 0;
		for (let k = lo; k < hi; k++) spikes += first(run.rows[k].times, view.to) - first(run.rows[k].times, view.from);
		const covered = spikes * width * height / (u.bbox.width * u.bbox.height);
		if (covered > most) { // or all would be one colour
			height = Math.max(ratio, height * Math.sqrt(most / covered));
			width = Math.max(0.6 * ratio, width * Math.sqrt(most / covered));
		} else if (spikes > 0 && covered < least) { // or they would be lost
			height = Math.max(height, Math.min(14 * ratio, height * Math.sqrt(least / covered), 6 * ratio));
			width = Math.max(width, 1.8 * ratio);
		}
		if (hovered !== null) {
			const y = u.valToPos(hovered.row + 0.5, 'y', true), h = Math.max(rowHeight, 3 * ratio);
			c.fillStyle = style('--shade');
			c.fillRect(u.bbox.left, y - h / 2, u.bbox.width, h);
		}
		for (const p of run.populations) {
			c.fillStyle = style(p.colour);
			for (let k = Math.max(p.first, lo); k < Math.min(p.end, hi); k++) {
				const y = u.valToPos(k + 0.5, 'y', true) - height / 2, times = run.rows[k].times;
				for (let i = first(times, view.from); i < times.length && times[i] <= view.to; i++) {
					c.fillRect(u.valToPos(times[i], 'x', true) - width / 2, y, width, height);
				}
			}
			if (p.end < n && p.end > lo && p.end < hi && (p.end - p.first) * rowHeight > 12 * ratio) {
				c.fillStyle = style('--line');
				c.fillRect(u.bbox.left, Math.round(u.valToPos(p.end, 'y', true)), u.bbox.width, ratio);
			}
		}
		if (hovered !== null && hovered.time !== null) {
			c.strokeStyle = style('--ink');
			c.lineWidth = 1.5 * ratio;
			c.beginPath();
			c.arc(u.valToPos(hovered.time, 'x', true), u.valToPos(hovered.row + 0.5, 'y', true), 6 * ratio, 0, 2 * Math.PI);
			c.stroke();
		}
	}

	// hover finds the spike next to the cursor, or else its row.
	function hover(u) {
		const {left, top} = u.cursor;
		const was = hovered;
		if (left < 0 || top < 0 || u.cursor.event === undefined && !element.matches(':hover')) {
			hovered = null;
			readout.textContent = '';
		} else {
			const t = u.posToVal(left, 'x'), y = u.posToVal(top, 'y');
			const perPx = {x: (view.to - view.from) / u.over.clientWidth, y: (hi - lo) / u.over.clientHeight};
			let best = {row: Math.max(lo, Math.min(hi - 1, Math.floor(y))), time: null}, nearest = 10;
			const reach = Math.ceil(10 * perPx.y);
			for (let k = Math.max(lo, best.row - reach); k <= Math.min(hi - 1, best.row + reach); k++) {
				const times = run.rows[k].times;
				for (let i = Math.max(0, first(times, t) - 1); i < Math.min(times.length, first(times, t) + 1); i++) {
					const d = Math.hypot((times[i] - t) / perPx.x, (k + 0.5 - y) / perPx.y);
					if (d < nearest) { nearest = d; best = {row: k, time: times[i]}; }
				}
			}
			hovered = best;
			const r = run.rows[best.row], rate = r.times.length / (run.duration / 1000);
			readout.textContent = `${time(best.time ?? t, view.to - view.from)} \u00b7 ${r.population.name} ${grouped(r.neuron)} \u00b7 ${round(rate, 3)} Hz, ${r.times.length} spike${r.times.length === 1 ? '' : 's'}`;
		}
		if (JSON.stringify(was) !== JSON.stringify(hovered)) u.redraw(false);
	}

	function show() {
		hovered = null;
		readout.textContent = '';
		u.setData(u.data);
	}
	return {u, show, resetRows: () => { lo = 0; hi = n; }};
}

// ---- rates ----

const mostLines = 4, leastSpikes = 2, fewBins = 25;

// binned are the rates of the view in bins of a round width: about two pixels or wider, and so wide that they hold some spikes.
function binned(run, width) {
	const from = view.from, to = Math.min(view.to, run.duration), span = view.to - view.from;
	const lo = Math.max(0, Math.floor(from / run.bin)), hi = Math.min(run.bins, Math.ceil(to / run.bin));
	let spikes = 0;
	for (const p of run.populations) spikes += p.sums[Math.max(lo, hi)] - p.sums[lo];
	let bin = span / (width / 1.8);
	if (spikes > 0) bin = Math.max(bin, Math.min(span / fewBins, leastSpikes * span * run.populations.length / spikes));
	const n = Math.max(1, Math.round(nice(bin) / run.bin) || 1);
	const edges = [];
	for (let b = Math.max(0, Math.floor(lo / n) - 1) * n; b < run.bins && (b - n) * run.bin < view.to; b += n) edges.push(b); // one more at each side
	const x = edges.map(b => (b + n / 2) * run.bin);
	const rates = run.populations.map(p => edges.map(b => {
		const e = Math.min(run.bins, b + n);
		return (p.sums[e] - p.sums[b]) / p.size / ((e - b) * run.bin / 1000);
	}));
	return {x, rates, bin: n * run.bin, start: edges.map(b => b * run.bin)};
}

// limit is the height of the axis: one short peak where there is nothing else is cut off.
function limit(rates) {
	const all = rates.flat().sort((a, b) => a - b);
	if (!all.length || all[all.length - 1] === 0) return {at: 1, peak: null};
	const most = all[all.length - 1], usual = all[Math.floor(0.985 * (all.length - 1))];
	if (usual > 0 && most > 3 * usual) return {at: 1.6 * usual, peak: most};
	return {at: 1.08 * most, peak: null};
}

function rates(element, run, readout, said, key) {
	const heat = run.populations.length > mostLines;
	if (heat) element.classList.add('rows');
	const n = run.populations.length;
	let now = {x: [0], rates: run.populations.map(() => [0]), bin: run.bin, start: [0]}, top = {at: 1, peak: null}, marks = [];
	const lines = heat ? [{paths: () => null, points: {show: false}}] : run.populations.map(p => ({
		stroke: () => style(p.colour), width: 1.5, points: {show: false},
		paths: (u, s, a, b) => (now.x.length < 90 ? uPlot.paths.stepped({align: 0}) : uPlot.paths.linear())(u, s, a, b),
	}));
	const y = heat ? {
		splits: u => (marks = labels(u, run.populations.map((p, k) => ({name: cut(p.name), lo: k, hi: k + 1})), u.bbox.height / devicePixelRatio)).map(m => m.at),
		values: () => marks.map(m => m.name), grid: {show: false}, space: 1,
	} : {label: 'Rate (Hz)', space: 36, values: (u, splits) => splits.map(v => round(v, 4))};
	const values = () => heat ? [now.x, now.x.map(() => null)] : [now.x, ...now.rates];
	const u = make(element, y, {range: () => heat ? [0, n] : [0, top.at]}, lines, values(), {
		drawAxes: [u => clipped(u, () => discarded(u, run))],
		draw: heat ? [u => clipped(u, c => paint(c, u))] : [],
		setSelect: [select],
		setCursor: [u => hover(u)],
	}, false, true);

	function paint(c, u) {
		const paper = style('--paper'), dark = style('--ramp'), height = u.bbox.height / n;
		c.fillStyle = paper;
		c.fillRect(u.bbox.left, u.bbox.top, u.bbox.width, u.bbox.height);
		c.fillStyle = dark;
		now.rates.forEach((row, k) => {
			const y = u.valToPos(k + 1, 'y', true);
			row.forEach((rate, b) => {
				if (!(rate > 0)) return;
				const x = u.valToPos(now.start[b], 'x', true), to = u.valToPos(now.start[b] + now.bin, 'x', true);
				c.globalAlpha = Math.min(1, rate / top.at);
				c.fillRect(x, y, to - x + 0.5, height);
			});
			c.globalAlpha = 1;
			c.fillStyle = style(run.populations[k].colour);
			c.fillRect(u.bbox.left, y, 4 * devicePixelRatio, height);
			c.fillStyle = dark;
		});
	}

	function hover(u) {
		const {left, top: y} = u.cursor;
		const here = element.matches(':hover') || element.previousElementSibling.previousElementSibling.matches(':hover');
		const show = left >= 0 && now.x.length && here;
		const t = show ? u.posToVal(left, 'x') : 0;
		const b = show ? Math.max(0, Math.min(now.x.length - 1, Math.floor((t - now.start[0]) / now.bin))) : 0;
		if (heat) {
			const k = Math.max(0, Math.min(n - 1, Math.floor(u.posToVal(y, 'y'))));
			readout.textContent = show && y >= 0 ? `${time(t, view.to - view.from)} \u00b7 ${run.populations[k].name} ${round(now.rates[k][b], 3)} Hz` : '';
			return;
		}
		readout.textContent = show ? time(t, view.to - view.from) : '';
		run.populations.forEach((p, k) => { if (p.shown) p.shown.textContent = show ? ` ${round(now.rates[k][b], 3)} Hz` : ''; });
	}

	if (heat) {
		key.textContent = 'The stronger the colour, the higher the rate; the strip at the left has the colours of the raster.';
	} else {
		for (const p of run.populations) {
			const entry = document.createElement('span'), dot = document.createElement('span');
			dot.className = 'dot c' + p.colour;
			p.shown = document.createElement('b');
			entry.append(dot, p.name, p.shown);
			key.append(entry);
		}
	}
	return {u, show() {
		now = binned(run, Math.max(100, element.clientWidth - leftSize() - 22));
		top = limit(now.rates);
		u.setData(values());
		said.textContent = `bins of ${round(now.bin, 4)} ms` + (heat ? `, full colour at ${round(top.at, 3)} Hz` : '') +
			(top.peak === null ? '' : `; a peak of ${round(top.peak, 3)} Hz is cut off`);
	}};
}

// ---- all of it ----

for (const box of document.querySelectorAll('.viewer')) {
	const run = read(runs[box.dataset.run]);
	const find = selector => box.querySelector(selector);
	view.plots.push(
		raster(find('.raster'), run, find('[data-of=raster]')),
		rates(find('.rates'), run, find('[data-of=rates]'), find('.binned'), find('.key')));
	view.told.push(() => {
		const span = view.to - view.from;
		find('.window').textContent = `${time(view.from, span)} to ${time(view.to, span)}`;
	});
	for (const b of box.querySelectorAll('button')) b.addEventListener('click', actions[b.dataset.do]);
	const keys = {ArrowLeft: 'left', ArrowRight: 'right', '+': 'in', '=': 'in', '-': 'out', _: 'out', 0: 'reset', Home: 'reset', ArrowUp: 'in', ArrowDown: 'out'};
	find('.plots').addEventListener('keydown', e => {
		if (e.key === 'Escape') return find('.plots').blur();
		const action = keys[e.key];
		if (!action || e.ctrlKey || e.metaKey || e.altKey) return;
		e.preventDefault();
		actions[action]();
	});
}
view.show();

const repaint = () => { for (const p of view.plots) p.u.redraw(true); };
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);
matchMedia('(resolution: 1dppx)').addEventListener('change', repaint);
addEventListener('beforeprint', () => {
	root.classList.add('paper');
	repaint();
});
addEventListener('afterprint', () => {
	root.classList.remove('paper');
	repaint();
});
})();
