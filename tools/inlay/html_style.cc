// SPDX-License-Identifier: Apache-2.0
#include "tools/inlay/html.h"

namespace inlay::tools {

const char* const kHtmlStyle = R"CSS(
:root{color-scheme:light dark;--bg:#f5f6f8;--card:#fff;--ink:#1c2128;--soft:#5f6b7a;--line:#d9dee5;--edge:#8b97a6;--hot:#d6336c;
--macs:#3b76d8;--bytes:#d98324;--conv:#3b76d8;--dense:#7a55cf;--pool:#178f7a;--math:#b8860b;--move:#758396;--state:#c2498a;
--signal:#1d93b8;--custom:#cf4a35;--input:#55a630;--tint:12%}
@media(prefers-color-scheme:dark){:root{--bg:#12151a;--card:#1a1f26;--ink:#e6eaf0;--soft:#95a1b1;--line:#2f3742;--edge:#66727f;
--hot:#ff6b9d;
--macs:#6ea0f5;--bytes:#f0a04b;--conv:#6ea0f5;--dense:#a98bf0;--pool:#41c2ab;--math:#dcb146;--move:#98a6b8;--state:#ec7db8;
--signal:#4fc1e6;--custom:#f5806d;--input:#86cf63;--tint:20%}}
.f-conv{--f:var(--conv)}.f-dense{--f:var(--dense)}.f-pool{--f:var(--pool)}.f-math{--f:var(--math)}.f-move{--f:var(--move)}
.f-state{--f:var(--state)}
.f-signal{--f:var(--signal)}.f-custom{--f:var(--custom)}.f-input{--f:var(--input)}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);font:14px/1.45 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header,main{max-width:1720px;margin:0 auto;padding:0 20px}
header{padding-top:22px}
h1{font-size:23px;margin:0;overflow-wrap:anywhere}h2{font-size:16px;margin:0;display:inline}
.sub{color:var(--soft);margin:2px 0 14px;overflow-wrap:anywhere}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:10px;margin:0 0 16px}
.tile,.card{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:9px 13px}.tile b{display:block;font-size:20px;font-weight:650;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:12px}
.note{border-left:4px solid var(--hot);padding:8px 12px;background:var(--card);margin:0 0 14px}
.card{padding:12px 14px;margin:0 0 16px}
summary{cursor:pointer;padding:2px 0}.count{color:var(--soft);margin-left:4px}
.tools{display:flex;flex-wrap:wrap;gap:6px 10px;align-items:center;margin:10px 0}
input[type=search]{font:inherit;padding:5px 10px;border:1px solid var(--line);border-radius:7px;background:var(--bg);
color:var(--ink);min-width:290px}
.filter{margin:10px 0}
.legend{display:flex;flex-wrap:wrap;gap:5px}
.legend button{font:inherit;font-size:12px;border:1px solid var(--line);border-radius:99px;background:none;color:var(--ink);
padding:2px 10px 2px 8px;cursor:pointer}
.legend button[aria-pressed=false]{opacity:.4;text-decoration:line-through}
.dot,.legend i{display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--f);margin-right:6px}
.found{color:var(--soft);font-size:12px;min-width:5em}
.pane{display:grid;grid-template-columns:fit-content(68%) 22px minmax(280px,1fr);gap:12px;height:min(78vh,900px)}
.pane.short{height:auto;max-height:min(78vh,900px)}
.canvas{overflow:auto;border:1px solid var(--line);border-radius:8px;background:var(--bg)}
.map{width:22px;height:100%;max-height:min(78vh,900px);background:var(--bg);border-radius:4px;cursor:pointer}
.map rect{fill:var(--f)}.map .seen{fill:var(--ink);opacity:.22}
.details{overflow:auto;font-size:13px;border-left:1px solid var(--line);padding-left:14px}
.details h3{margin:0 0 2px;font-size:16px;overflow-wrap:anywhere}
.details h4{margin:12px 0 3px;font-size:12px;color:var(--soft);font-weight:600;text-transform:uppercase;letter-spacing:.05em}
.details p{margin:2px 0;overflow-wrap:anywhere}.details .t{border-left:3px solid var(--line);padding:1px 0 1px 8px;margin:4px 0}
.soft,.details .soft{color:var(--soft)}.name,.details .own{unicode-bidi:isolate;overflow-wrap:anywhere}
.details .own{max-height:4.4em;overflow:auto}
svg text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--ink)}
svg .head{fill:var(--macs);font-size:11px}svg .head .bytes{fill:var(--bytes)}
.bar-macs{fill:var(--macs)}.bar-bytes{fill:var(--bytes)}
svg .index{text-anchor:end;fill:var(--soft);font-variant-numeric:tabular-nums}
.node,.pill,.block{cursor:pointer;outline:none}
.node .box{fill:var(--card);fill:color-mix(in srgb,var(--f) var(--tint),var(--card));stroke:var(--f);stroke-width:1}
.node .stripe{fill:var(--f)}
svg .kind{font-weight:650;font-size:13px}svg .act{font-weight:500;font-size:11px;fill:var(--f)}
svg .node .name{fill:var(--soft);font-size:11px}
svg .badge{text-anchor:end;font-size:10.5px;fill:var(--soft);font-style:italic}
.pill rect{fill:var(--card);stroke:var(--input);stroke-width:1.5}
.edge path{fill:none;stroke:var(--edge);stroke-width:1.4}.edge .tip{fill:var(--edge);stroke:none}
.edge text,svg .arrives{font-size:10.5px;fill:var(--soft)}
.rail path:first-of-type{opacity:.75}
.node:hover .box,.node:focus .box,.pill:hover rect,.pill:focus rect{stroke-width:2.5}
.node.on .box{stroke:var(--hot);stroke-width:2.5}.edge.on path,.edge:hover path{stroke:var(--hot);stroke-width:2.2;opacity:1}
.edge.on .tip,.edge:hover .tip{fill:var(--hot);stroke:none}
.edge.on text{fill:var(--hot)}
.dim{opacity:.18}
.scroll{overflow:auto}.tall{max-height:70vh}
.memory .frame{fill:none;stroke:var(--line)}.memory .grid{stroke:var(--line);stroke-dasharray:3 4}
.axis{fill:var(--soft);font-size:11px}.axis.left{text-anchor:end}.axis.mid{text-anchor:middle}.thin{font-weight:400}
.block .fill{fill:var(--f);fill-opacity:.42;stroke:var(--f);stroke-width:1}.block:hover .fill,.block:focus .fill{fill-opacity:.75}
.block.view .fill{fill-opacity:.25;stroke-dasharray:4 2}.hatch{fill:var(--ink);opacity:.28}.hatch-gap{fill:none}
.block.on .fill{stroke:var(--hot);stroke-width:2.5;fill-opacity:.8}.block text{pointer-events:none;font-size:11px}
.live{fill:var(--macs);opacity:.4}.unshared{fill:none;stroke:var(--bytes);stroke-width:1.5}
.bound{stroke:var(--hot);stroke-dasharray:6 4;fill:none}
.hit{fill:transparent}.hit:hover{fill:var(--ink);fill-opacity:.12}
table{border-collapse:collapse;width:100%;font-size:12.5px}
th{position:sticky;top:0;background:var(--card);text-align:left;color:var(--soft);font-weight:600;z-index:1}
th,td{padding:4px 10px;border-bottom:1px solid var(--line);vertical-align:top;white-space:nowrap}
td.name{max-width:380px;overflow:hidden;text-overflow:ellipsis}
td pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0;max-height:180px;overflow:auto;font:12px ui-monospace,monospace}
.n{text-align:right;font-variant-numeric:tabular-nums}tbody tr:hover{background:color-mix(in srgb,var(--edge) 14%,transparent)}
tr[data-n],tr[data-t]{cursor:pointer}
footer{color:var(--soft);font-size:12px;padding:4px 0 26px}
@media(max-width:1000px){.pane{grid-template-columns:minmax(0,1fr) 22px;height:auto}.canvas{height:70vh}
.details{grid-column:1/-1;border:0;padding:0}}
@media print{.pane,.canvas,.scroll,.tall{height:auto;max-height:none;overflow:visible}}
)CSS";

}  // namespace inlay::tools
