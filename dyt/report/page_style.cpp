// SPDX-License-Identifier: Apache-2.0
#include "dyt/report/internal/html.h"

namespace dyt::report {

const char* page_style() {
  return R"css(
:root { color-scheme: light; --ink: #1a1a1a; --soft: #555; --line: #d5d5d5; --wash: #f5f6f8; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: #fff; color: var(--ink);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main, footer { max-width: 66rem; margin: 0 auto; padding: 0 1rem; }
footer { color: var(--soft); font-size: .85rem; padding-bottom: 2rem; }
h1 { font-size: 1.65rem; line-height: 1.25; margin: 1.2rem 0 .3rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; margin: 2.4rem 0 .5rem; padding-top: .6rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.4rem 0 .3rem; }
h4 { font-size: .95rem; margin: 1rem 0 .3rem; }
p, ul { margin: .5rem 0; max-width: 50rem; }
ul { padding-left: 1.2rem; }
li { margin: .25rem 0; overflow-wrap: anywhere; }
.lead { color: var(--soft); margin-top: 0; }
.nowrap { white-space: nowrap; }
ul.verdicts { list-style: none; padding: 0; margin: .8rem 0; max-width: none; }
ul.verdicts li { border-left: 6px solid #777; background: var(--wash); padding: .45rem .8rem;
  margin: .4rem 0; }
ul.verdicts .word { font-weight: 700; text-transform: uppercase; font-size: .78rem;
  letter-spacing: .05em; margin-right: .5em; }
ul.verdicts li.matches, ul.verdicts li.better { border-color: #0072B2; }
ul.verdicts li.better { border-left-style: double; }
ul.verdicts li.worse { border-color: #D55E00; }
ul.verdicts li.undecided { border-left-style: dashed; }
ul.verdicts li.go { border-color: #0072B2; border-left-style: double; }
ul.verdicts li.nogo { border-color: #D55E00; }
ul.verdicts li.open { border-left-style: dashed; }
.kpi small { display: block; white-space: normal; }
.kpi thead th { min-width: 6.8rem; }
.kpi thead .sep { display: none; }
.kpi th, .kpi td { vertical-align: top; }
.kpi .met { color: #00568a; }
.kpi .missed { color: #a53f00; }
.kpi .unsure, .kpi .unmeasured { color: var(--soft); }
.warning { border: 1px solid #E69F00; border-left-width: 6px; background: #fff8e8;
  padding: .5rem .8rem; margin: .8rem 0; max-width: none; }
.warning ul { margin: .2rem 0; max-width: none; }
.scroll { overflow-x: auto; margin: .6rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem; }
th, td { padding: .32rem .55rem; text-align: right; border-bottom: 1px solid var(--line);
  vertical-align: baseline; }
td { white-space: nowrap; }
th:first-child { text-align: left; padding-left: 0; }
thead th { border-bottom: 2px solid #777; font-weight: 600; vertical-align: bottom;
  line-height: 1.25; }
tbody th { font-weight: 600; overflow-wrap: break-word; min-width: 8rem; max-width: 20rem; }
table.cards tbody th { min-width: 13.5rem; }
span.slot { display: block; position: relative; padding-left: 43px; }
span.slot svg.swatch { position: absolute; left: 0; top: .3em; }
th small, td small { font-weight: 400; color: var(--soft); }
svg.swatch { vertical-align: -2px; margin-right: .45em; flex: none; }
.figures { display: grid; gap: 1rem 1.6rem; margin: .8rem 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 21rem), 1fr)); }
figure { margin: 0; break-inside: avoid; max-width: 30rem; }
img.pixels { width: 100%; image-rendering: pixelated; }
svg.plot { display: block; width: 100%; height: auto; }
svg.plot text { font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial,
  sans-serif; }
figcaption { font-size: .88rem; color: var(--soft); line-height: 1.4; margin-top: .2rem; }
ul.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .15rem 1.4rem; padding: 0;
  max-width: none; font-size: .95rem; }
ul.legend li { display: flex; align-items: center; margin: 0; }
table.heat td { text-align: center; min-width: 3.9rem; border: 2px solid #fff; padding: .35rem .2rem;
  line-height: 1.15; vertical-align: middle; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
table.heat td.diverged { background: repeating-linear-gradient(45deg, #fff 0 5px, #f0c7ad 5px 8px);
  color: #000; }
table.heat td.diverged span { background: #fff; padding: 0 .15rem; display: inline-block; }
table.heat td small { color: inherit; display: block; white-space: nowrap; }
table.heat td.diverged span { font-size: .86em; }
table.heat thead th { text-align: center; padding: .3rem .2rem; }
table.heat tbody th { vertical-align: middle; border: 0; }
table.heat th:first-child { text-align: left; padding-right: .6rem; min-width: 5.5rem; }
.alarm, .caution { font-weight: 700; }
.alarm { color: #a53f00; }
.caution { color: #7a5200; }
dl.facts { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .15rem 1rem;
  margin: .5rem 0; font-size: .92rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
details { margin: .6rem 0; }
summary { cursor: pointer; font-weight: 600; padding: .25rem 0; }
pre { background: var(--wash); padding: .7rem; font: .82rem/1.45 ui-monospace, "SF Mono", Menlo,
  Consolas, "DejaVu Sans Mono", monospace; white-space: pre-wrap; overflow-wrap: anywhere;
  margin: .4rem 0; }
.paper { display: none; }
@media screen and (max-width: 46rem) {
  h1 { font-size: 1.35rem; }
  table.cards, table.cards tbody, table.cards tr, table.cards th, table.cards td { display: block; }
  table.cards thead { display: none; }
  table.cards tr { border-top: 2px solid #777; padding: .3rem 0 .5rem; }
  table.cards tbody th { max-width: none; border: 0; padding: .2rem 0; }
  table.cards td { display: flex; justify-content: space-between; gap: 1rem; padding: .16rem 0;
    border-bottom: 1px dotted var(--line); white-space: normal; text-align: right; }
  table.cards td::before { content: attr(data-label); color: var(--soft); text-align: left; }
  table.cards td span { white-space: nowrap; }
  table.heat { font-size: .84rem; }
  table.heat td { min-width: 3.3rem; padding: .3rem .1rem; }
  table.heat th:first-child { min-width: 4.5rem; padding-right: .3rem; }
  dl.facts { grid-template-columns: 1fr; gap: 0; }
  dl.facts dd { margin-bottom: .35rem; }
}
@page { margin: 14mm; }
@media print {
  body { font-size: 10.5pt; }
  main, footer { max-width: none; padding: 0; }
  h2, h3, h4 { break-after: avoid; }
  h2 + p, h3 + p, .legend { break-after: avoid; }
  tr, li, figure, table.heat { break-inside: avoid; }
  table { font-size: 8.5pt; }
  th, td { padding: .25rem .45rem; }
  .scroll { overflow: visible; }
  table.cards tbody th { min-width: 0; }
  .figures { grid-template-columns: 1fr 1fr; }
  details { display: none; }
  .paper { display: block; }
  pre { font-size: 8pt; border: 1px solid var(--line); }
  ul.verdicts li, .warning { background: none; }
}
)css";
}

}  // namespace dyt::report
