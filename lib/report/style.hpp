// The report's style sheet.
#pragma once

#include "report/html.hpp"

namespace cuvae {

// Blue stands for real data, drawn filled; orange for synthetic data, drawn as an outline: they
// differ in shape, brightness and, for every kind of colour vision, in hue.
inline constexpr Literal report_style = R"css(
:root{color-scheme:light dark;--ground:#f6f6f3;--sheet:#fff;--ink:#1b1f24;--soft:#59616b;
--line:#e2e3df;--grid:#ecece8;--real:#3d74b8;--real-fill:#a9c6e8;--made:#c2560a;--blank:#efefec;
--accent:#3d74b8}
@media (prefers-color-scheme:dark){:root{--ground:#121519;--sheet:#1a1e24;--ink:#e7eaee;
--soft:#a2abb6;--line:#2c323a;--grid:#262b32;--real:#78adea;--real-fill:#31527a;--made:#f5a15a;
--blank:#22272e;--accent:#78adea}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0;background:var(--ground);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums}
header,main,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
header{padding-top:2.5rem}
h1{font-size:clamp(1.6rem,4vw,2.3rem);line-height:1.2;letter-spacing:-.02em;margin:.2rem 0 .5rem;
font-weight:650;overflow-wrap:anywhere}
h2{font-size:1.3rem;letter-spacing:-.01em;font-weight:650;margin:3rem 0 .35rem}
h3{font-size:1rem;font-weight:600;margin:0;overflow-wrap:anywhere;white-space:pre-wrap}
p{margin:.35rem 0;max-width:44rem}
a{color:var(--accent)}
.eyebrow,.note,.kind,figcaption,dt,caption,summary{color:var(--soft)}
.eyebrow{font-size:.85rem;margin:0}
.note{font-size:.9rem}
.lead{font-size:1.05rem}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--sheet);padding:.5rem 1rem;z-index:1}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;margin:1rem 0 0;
font-size:.9rem}
.cards{display:grid;gap:1rem;margin-top:1rem;grid-template-columns:repeat(auto-fill,minmax(min(100%,20rem),1fr))}
.scores{grid-template-columns:repeat(auto-fit,minmax(min(100%,13rem),1fr))}
@media (min-width:66rem){.scores{grid-template-columns:none;grid-auto-flow:column;
grid-auto-columns:minmax(0,1fr);gap:.8rem}.score{padding:.9rem}.score .figure{font-size:1.8rem!important}}
.missing{max-width:44rem}
.card{background:var(--sheet);border:1px solid var(--line);border-radius:12px;padding:1rem 1.1rem;
min-width:0;break-inside:avoid;display:flex;flex-direction:column}
.card>dl{margin-top:auto!important;padding-top:.7rem}
.score .figure{font-size:2.3rem;line-height:1.1;font-weight:650;letter-spacing:-.03em;margin:.35rem 0 .5rem}
.score .figure small{font-size:.95rem;font-weight:400;letter-spacing:0;color:var(--soft)}
.score p{font-size:.88rem;color:var(--soft);margin:.55rem 0 0}
.head{display:flex;justify-content:space-between;align-items:baseline;gap:.75rem;margin-bottom:.6rem}
.kind{font-size:.8rem;white-space:nowrap}
.card dl{display:flex;flex-wrap:wrap;gap:.15rem 1.4rem;margin:.7rem 0 0;font-size:.85rem}
.card dl div{display:flex;gap:.4rem}
dd{margin:0}
.axis{font-size:.8rem;color:var(--soft);margin:0}
.cumulative{margin-top:.5rem}
.profiles{display:grid;grid-template-columns:1fr 1fr;gap:1rem;margin-top:.8rem}
svg{display:block;width:100%;height:auto;overflow:visible}
svg text{fill:var(--soft);font-size:11.5px}
.grid{stroke:var(--grid);fill:none}
.base{stroke:var(--soft);fill:none;opacity:.55}
path.real{fill:var(--real-fill);stroke:var(--real);stroke-width:.6}
path.made{fill:none;stroke:var(--made);stroke-width:1.8;stroke-linejoin:round}
path.line{fill:none;stroke:var(--real);stroke-width:2;stroke-linejoin:round}
.dot{stroke:none}.line.dot{fill:var(--real)}.made.dot{fill:var(--made)}
.meter{height:.6rem}
.track{fill:var(--grid)}.fill{fill:var(--accent)}.mark{fill:var(--ink)}
table{border-collapse:collapse;width:100%;font-size:.88rem}
th{font-weight:500;text-align:left}
.labels{table-layout:fixed}
.labels th{padding:.2rem .6rem .2rem 0;font-weight:400}
.labels th b,.labels th i{display:block;overflow:hidden;text-overflow:ellipsis;white-space:pre;font-weight:400;
line-height:1.3}
.labels td,.labels thead th+th{width:3.9rem;padding:.2rem 0;text-align:right;vertical-align:top;font-size:.82rem}
.labels thead th{font-size:.75rem!important;color:var(--soft);line-height:1}
.labels thead th:first-child{color:transparent}
.bars{display:block;margin-top:.12rem}
.bars span{display:block;height:.36rem;min-width:1px}
.bars .real{background:var(--real-fill);border:1px solid var(--real)}
.bars .made{border:1.5px solid var(--made);margin-top:1px}
details{margin-top:.5rem;font-size:.9rem}
summary{cursor:pointer;font-size:.85rem}
.key{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;font-size:.9rem;margin:.5rem 0 0;padding:0;list-style:none}
.key span{display:inline-block;width:1.2rem;height:.8rem;margin-right:.45rem;border-radius:2px;
vertical-align:-1px}
.key .real{background:var(--real-fill);border:1px solid var(--real)}
.key .made{border:2px solid var(--made)}
.scroll{overflow-x:auto;max-width:100%}
figure{margin:0;min-width:0}
figcaption{font-size:.9rem;margin-bottom:.5rem}
.maps{grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr))}
.maps.large{grid-template-columns:minmax(0,1fr)}
.heat path{stroke-width:1;fill:none;shape-rendering:crispEdges}
.heat .more{stroke:var(--real)}
.heat .less,.heat.difference .more{stroke:var(--made)}
.heat.difference .less{stroke:var(--real)}
.heat .void{stroke:var(--sheet);stroke-dasharray:.14 .14}
.blank{fill:var(--blank)}
.heat .names text{font-size:.62px}
.hover rect{fill:transparent}
.hover rect:hover{stroke:var(--ink);stroke-width:.08}
.scale{display:flex;align-items:center;gap:.5rem;font-size:.82rem;color:var(--soft);margin-top:.4rem}
.scale i{display:block;width:7rem;height:.6rem;border-radius:2px;
background:linear-gradient(90deg,var(--blank),var(--real))}
.scale.difference i{background:linear-gradient(90deg,var(--real),var(--blank),var(--made))}
.data{background:var(--sheet);border:1px solid var(--line);border-radius:12px;margin-top:1rem}
.data th,.data td{padding:.45rem .9rem;border-top:1px solid var(--line)}
.data thead th{border-top:0;color:var(--soft);font-size:.82rem;white-space:nowrap;vertical-align:bottom}
.data td{text-align:right;white-space:nowrap}
.data tbody th{font-weight:500;max-width:18rem;overflow:hidden;text-overflow:ellipsis;white-space:pre}
.data td.word{text-align:left;color:var(--soft)}
.data a{color:inherit;text-decoration-color:var(--soft);text-underline-offset:3px}
.facts th{width:14rem;color:var(--soft);vertical-align:top;white-space:normal!important}
.facts td{text-align:left;white-space:normal;overflow-wrap:anywhere}
footer{padding-top:2.5rem;padding-bottom:3rem;font-size:.88rem;color:var(--soft)}
@media (max-width:34rem){header,main,footer{padding-left:1rem;padding-right:1rem}
header{padding-top:1.5rem}.facts th{width:8.5rem}.data th,.data td{padding:.4rem .6rem}
.scores{grid-template-columns:repeat(2,minmax(0,1fr));gap:.7rem}.score{padding:.8rem}.score .figure{font-size:1.8rem}
.score p{font-size:.8rem}}
@media print{:root{--ground:#fff;--sheet:#fff;--ink:#000;--soft:#444;--line:#ccc;--grid:#eee}
body{font-size:11pt}nav,.skip{display:none}.scroll{overflow:visible}h2{break-after:avoid}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
)css";

}  // namespace cuvae
