"""How the report's page looks, in light and in dark."""

STYLE = """
:root { --paper: #f6f5f1; --card: #fff; --ink: #23211d; --soft: #77726a; --line: #e4e1d9; --main: #2f6f5e;
  --double: #c9a24b; --left: #c4633f; --empty: #ecebe5; }
@media (prefers-color-scheme: dark) { :root { --paper: #171815; --card: #20221e; --ink: #ebe9e2;
  --soft: #9b978d; --line: #34362f; --main: #66b99f; --double: #d8b569; --left: #dd8160; --empty: #2b2d28; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 40px 24px 64px; }
h1 { font-size: 34px; line-height: 1.2; margin: 0; letter-spacing: -0.02em; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 2px; }
section p, .when, footer { color: var(--soft); margin: 0 0 12px; font-size: 14px; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 20px 22px; }
.grid { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(460px, 100%), 1fr)); gap: 16px; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(170px, 1fr)); gap: 16px;
  margin: 26px 0 22px; }
.figures b { display: block; font-size: 30px; line-height: 1.15; letter-spacing: -0.02em;
  font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font-size: 14px; }
svg { display: block; width: 100%; height: auto; }
svg.stacked { height: 22px; border-radius: 6px; background: var(--empty); }
.wheel { max-width: 360px; margin: 0 auto; }
.legend { color: var(--soft); font-size: 14px; margin: 10px 0 26px; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin: 0 7px 0 18px; }
.legend i:first-child { margin-left: 0; }
rect.bar, rect.used, path.key { fill: var(--main); } i.used { background: var(--main); }
rect.double { fill: var(--double); } i.double { background: var(--double); }
rect.left { fill: var(--left); } i.left { background: var(--left); }
svg.stacked rect { stroke: var(--card); stroke-width: 1; }
path.empty { fill: var(--empty); stroke: var(--card); stroke-width: 2; }
path.key { stroke: var(--card); stroke-width: 2; }
svg text { fill: var(--ink); font-size: 13px; font-family: inherit; }
svg .count, svg .unit, svg .keycount { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
svg .keyname { font-weight: 600; } svg .keycount { font-size: 10.5px; fill: var(--ink); opacity: 0.75; }
svg .on text { fill: var(--card); }
.advice { margin-bottom: 16px; border-left: 4px solid var(--double); }
.advice.good { border-left-color: var(--main); }
.advice ul { margin: 8px 0 0; padding-left: 20px; } .advice li { margin: 4px 0; }
.advice.good p { margin: 0; }
.wide { margin-top: 16px; overflow-x: auto; }
details { border-top: 1px solid var(--line); padding: 9px 0; } details:first-of-type { margin-top: 10px; }
summary { cursor: pointer; } summary b { color: var(--left); font-variant-numeric: tabular-nums; }
details.double summary b { color: var(--double); }
code, pre { font: 13px/1.6 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; color: var(--soft); }
pre { background: var(--empty); color: var(--ink); border-radius: 8px; padding: 12px 14px; overflow-x: auto;
  margin: 14px 0 0; }
table { border-collapse: collapse; width: 100%; margin: 10px 0 4px; font-size: 14px; }
th { text-align: left; font-weight: 600; color: var(--soft); }
td, th { padding: 5px 14px 5px 0; vertical-align: top; overflow-wrap: anywhere; }
tr + tr td { border-top: 1px solid var(--line); }
footer { margin: 26px 2px 0; overflow-wrap: anywhere; }
@media print { body { background: #fff; } section { break-inside: avoid; } }
"""
