// SPDX-License-Identifier: Apache-2.0
// What moves on the page. Text of the model is only ever set as textContent; the page's policy allows this script alone.
#include "tools/inlay/html.h"

namespace inlay::tools {

const char* const kHtmlScript = R"JS(
'use strict';
const model = JSON.parse(document.getElementById('data').textContent);
const graphs = {g0: model};
for (const g of model.called) graphs['g' + g.index] = g;
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const make = (tag, cls, text) => {
  const e = document.createElement(tag);
  if (cls) e.className = cls;
  if (text !== undefined) e.textContent = text;
  return e;
};
const shape = d => d.length ? d.join('x') : 'scalar';
const bytes = n => {
  const u = ['B', 'KiB', 'MiB', 'GiB'];
  let i = 0, v = n;
  while (v >= 1024 && i < 3) { v /= 1024; i++; }
  return i ? v.toFixed(v < 10 ? 2 : v < 100 ? 1 : 0) + ' ' + u[i] : n + ' B';
};
const clean = s => s.replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '\ufffd');

function tensorText(t, ops) {
  const box = make('div', 't');
  box.append(make('p', 'own', clean(t.name)));
  let line = shape(t.shape) + ' ' + t.dtype + ', ' + bytes(t.bytes) + (t.role === 'activation' ? '' : ', ' + t.role);
  const say = text => box.append(make('p', 'soft', text));
  say(line);
  if (t.scale !== undefined) say('scale ' + Number(t.scale.toPrecision(7)) + ', zero point ' + t.zero_point);
  if (t.scales) say(t.scales + ' scales along axis ' + t.scale_axis);
  if (t.offset !== undefined) {
    const from = t.first < 0 ? 'the start' : 'op ' + t.first, to = t.last >= ops ? 'the end' : 'op ' + t.last;
    say('offset ' + t.offset + ', alive from ' + from + ' to ' + to);
  }
  return box;
}
function section(panel, title, list) {
  if (!list.length) return;
  panel.append(make('h4', '', title), ...list);
}
function mark(id, graph, tensors, op) {
  all('.on').forEach(e => e.classList.remove('on'));
  for (const e of all('#' + id + 'canvas .edge')) if (tensors.has(+e.dataset.t)) e.classList.add('on');
  for (const e of all('.block[data-graph=' + id + ']')) if (tensors.has(+e.dataset.t)) e.classList.add('on');
  if (op !== undefined) document.getElementById(id + 'n' + op)?.classList.add('on');
}
function panelOf(id) { return document.getElementById(id + 'details'); }
function showOp(id, index, scroll) {
  const g = graphs[id], op = g.ops[index], panel = panelOf(id);
  const real = list => list.filter(t => t >= 0).map(t => g.tensors[t]);
  panel.replaceChildren(make('h3', '', op.kind + (op.activation ? ' + ' + op.activation : '')), make('p', 'own', clean(op.name)));
  const facts = ['op ' + index + (op.device ? ', runs on ' + op.device : '')];
  if (op.params) facts.push(op.params);
  if (op.calls) facts.push('calls graph ' + op.calls.filter(c => c > 0).join(' and graph '));
  if (op.macs) facts.push(op.macs.toLocaleString() + ' MACs (' + (100 * op.macs / Math.max(1, g.macs)).toFixed(1) + ' %)');
  if (op.constant_bytes) facts.push(bytes(op.constant_bytes) + ' of parameters');
  facts.push(bytes(op.live_bytes) + ' alive while it runs' + (op.in_place ? '; it writes over its input' : ''));
  if (op.rejected) facts.push(model.why + ' refuses it: ' + op.rejected);
  section(panel, 'Facts', facts.map(f => make('p', '', f)));
  const ins = real(op.inputs);
  section(panel, 'Reads', ins.filter(t => t.role !== 'constant').map(t => tensorText(t, g.ops.length)));
  section(panel, 'Parameters', ins.filter(t => t.role === 'constant').map(t => tensorText(t, g.ops.length)));
  section(panel, 'Writes', real(op.outputs).map(t => tensorText(t, g.ops.length)));
  mark(id, g, new Set([...op.inputs, ...op.outputs]), index);
  if (scroll) {
    const details = document.getElementById(id + 'canvas').closest('details');
    if (details) details.open = true;
    document.getElementById(id + 'n' + index).scrollIntoView({block: 'center', inline: 'nearest'});
  }
}
function showTensor(id, t) {
  const g = graphs[id], panel = panelOf(id), tensor = g.tensors[t];
  panel.replaceChildren(make('h3', '', 'Tensor ' + t), tensorText(tensor, g.ops.length));
  if (tensor.view_of !== undefined) section(panel, 'Its bytes lie inside', [tensorText(g.tensors[tensor.view_of], g.ops.length)]);
  const say = op => { const p = make('p', '', '#' + op.index + ' ' + op.kind); return p; };
  section(panel, 'Written by', g.ops.filter(op => op.outputs.includes(t)).map(say));
  section(panel, 'Read by', g.ops.filter(op => op.inputs.includes(t)).map(say));
  mark(id, g, new Set([t]));
}
function pick(e) {
  const at = selector => e.target.closest(selector);
  const node = at('.node'), other = at('.edge,.pill,.block,tr[data-t]'), row = at('tr[data-n]'), canvas = at('.canvas');
  if (node) showOp(canvas.dataset.graph, +node.dataset.n);
  else if (row) showOp(row.dataset.graph, +row.dataset.n, true);
  else if (other) showTensor(other.dataset.graph || canvas.dataset.graph, +other.dataset.t);
  else return false;
  return true;
}
document.addEventListener('click', pick);
document.addEventListener('keydown', e => {
  if ((e.key === 'Enter' || e.key === ' ') && e.target.closest?.('.node,.pill') && pick(e)) e.preventDefault();
});

for (const tools of all('.tools')) {
  const id = tools.dataset.graph, g = graphs[id], search = tools.querySelector('input'), found = tools.querySelector('.found');
  const hidden = new Set();
  let hits = [], at = -1;
  const text = g.ops.map(op => {
    const names = op.inputs.concat(op.outputs).filter(t => t >= 0).map(t => g.tensors[t].name);
    const own = [op.index, op.kind, op.activation, op.name, op.shape ? shape(op.shape) : '', op.dtype, op.device, op.rejected];
    return own.concat(names).join(' ').toLowerCase();
  });
  const update = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    hits = [];
    for (const node of all('#' + id + 'canvas .node')) {
      const n = +node.dataset.n, family = [...node.classList].find(c => c.startsWith('f-')).slice(2);
      const fits = words.every(w => text[n].includes(w)) && !hidden.has(family);
      node.classList.toggle('dim', !fits);
      if (fits) hits.push(n);
    }
    found.textContent = words.length || hidden.size ? hits.length + ' of ' + g.ops.length : '';
    at = -1;
  };
  search.addEventListener('input', update);
  search.addEventListener('keydown', e => {
    if (e.key !== 'Enter' || !hits.length) return;
    at = (at + (e.shiftKey ? hits.length - 1 : 1)) % hits.length;
    showOp(id, hits[at], true);
    found.textContent = (at + 1) + ' of ' + hits.length;
  });
  for (const button of all('button', tools)) {
    button.addEventListener('click', () => {
      const off = button.getAttribute('aria-pressed') === 'true';
      button.setAttribute('aria-pressed', String(!off));
      off ? hidden.add(button.dataset.family) : hidden.delete(button.dataset.family);
      update();
    });
  }
}
for (const map of all('.map')) {
  const shown = document.getElementById(map.dataset.for), seen = map.querySelector('.seen'), rows = map.viewBox.baseVal.height;
  const follow = () => {
    seen.setAttribute('y', shown.scrollTop / shown.scrollHeight * rows);
    const part = shown.clientHeight / shown.scrollHeight;
    seen.setAttribute('height', part < 0.99 ? part * rows : 0);
  };
  shown.addEventListener('scroll', follow, {passive: true});
  addEventListener('resize', follow);
  follow();
  map.addEventListener('click', e => {
    const box = map.getBoundingClientRect(), at = (e.clientY - box.top) / box.height;
    shown.scrollTo({top: at * shown.scrollHeight - shown.clientHeight / 2, behavior: 'smooth'});
  });
}
for (const input of all('.filter')) {
  const rows = all('tbody tr', input.parentElement), text = rows.map(r => r.textContent.toLowerCase());
  input.addEventListener('input', () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((r, i) => { r.hidden = !words.every(w => text[i].includes(w)); });
  });
}
for (const id in graphs) if (graphs[id].ops.length) {
  const heaviest = graphs[id].ops.reduce((a, b) => b.macs > a.macs ? b : a);
  showOp(id, heaviest.index);
}
)JS";

}  // namespace inlay::tools
