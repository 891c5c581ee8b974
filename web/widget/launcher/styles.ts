/** The launcher's style sheet: adopted by the shadow root as an object, so a strict `style-src` of the page allows it. */

export const STYLES = `
:host { all: initial; }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.launcher, .panel { position: fixed; z-index: 2147483000; }
.launcher {
  right: 24px; bottom: max(var(--lift), env(safe-area-inset-bottom)); display: inline-flex; align-items: center; gap: 8px; height: 56px; padding: 0 20px 0 18px;
  border: 0; border-radius: 28px; background: var(--accent); color: var(--ink);
  font: 500 15px/1 -apple-system, BlinkMacSystemFont, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
  box-shadow: 0 6px 20px rgb(20 24 36 / 22%); cursor: pointer; transition: transform .15s, box-shadow .15s;
}
.launcher:hover { transform: translateY(-2px); box-shadow: 0 10px 26px rgb(20 24 36 / 26%); }
.launcher:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; }
.launcher.is-open { width: 56px; padding: 0; justify-content: center; }
.launcher.is-open .label { display: none; }
.badge {
  position: absolute; top: -4px; right: -4px; min-width: 22px; height: 22px; padding: 0 6px; border: 2px solid #fff; border-radius: 11px;
  background: #e02d3c; color: #fff; font-size: 12px; font-weight: 600; line-height: 18px; text-align: center;
}
.panel {
  right: 24px; bottom: calc(var(--lift) + 72px); width: 380px; height: min(640px, calc(100vh - var(--lift) - 96px)); overflow: hidden; border-radius: 18px; background: #f4f5f7;
  box-shadow: 0 16px 56px rgb(20 24 36 / 24%), 0 0 0 1px rgb(20 24 36 / 5%); transform-origin: bottom right; animation: open .18s ease-out;
}
.panel iframe { display: block; width: 100%; height: 100%; border: 0; color-scheme: light dark; }
.left .launcher, .left .panel { right: auto; left: 24px; }
.left .panel { transform-origin: bottom left; }
@keyframes open { from { opacity: 0; transform: translateY(12px) scale(.98); } }
@media (prefers-color-scheme: dark) { .panel { background: #15161a; } }
@media (max-width: 480px) {
  .launcher { right: 16px; bottom: max(calc(var(--lift) - 8px), env(safe-area-inset-bottom)); width: 56px; padding: 0; justify-content: center; }
  .left .launcher { left: 16px; }
  .launcher .label { display: none; }
  .panel, .left .panel { inset: 0; width: 100%; height: 100%; height: 100dvh; border-radius: 0; box-shadow: none; }
  .launcher.is-open { display: none; }
}
@media (prefers-reduced-motion: reduce) { .panel { animation: none; } .launcher { transition: none; } }
`;
