/** The parts of ECharts the workspace draws with; loaded with the statistics page and not before. */

import { BarChart, LineChart } from "echarts/charts";
import { GridComponent, LegendComponent, TooltipComponent } from "echarts/components";
import * as core from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

core.use([BarChart, LineChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer]);

export interface Series {
  name: string;
  values: (number | null)[];
  kind: "bar" | "line";
}

export interface Drawing {
  labels: string[];
  series: Series[];
  /** Bars that lie: one line for each name. */
  isLying?: boolean;
  unit?: string;
  most?: number;
}

function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Drawn anew for each theme: the canvas knows no CSS. Tooltips are drawn, too, so no name ever becomes markup. */
function optionOf(drawing: Drawing): core.EChartsCoreOption {
  const [ink, dim, line, paper] = [colour("--ink"), colour("--ink-3"), colour("--line"), colour("--paper")];
  const names = { type: "category", data: drawing.labels, axisLabel: { color: dim, width: 96, overflow: "truncate" }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } };
  const values = { type: "value", max: drawing.most, minInterval: 1, axisLabel: { color: dim, formatter: `{value}${drawing.unit ?? ""}` }, splitLine: { lineStyle: { color: line } } };
  return {
    animation: false,
    color: [colour("--accent"), colour("--amber-fill"), colour("--blue")],
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
    grid: { left: 4, right: 16, top: drawing.series.length > 1 ? 34 : 12, bottom: 4, containLabel: true },
    legend: { show: drawing.series.length > 1, top: 0, left: 0, itemWidth: 12, itemHeight: 8, textStyle: { color: dim } },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: paper, borderColor: line, textStyle: { color: ink, fontSize: 12 } },
    xAxis: drawing.isLying ? values : names,
    yAxis: drawing.isLying ? { ...names, inverse: true } : values,
    series: drawing.series.map((each) => ({
      name: each.name, type: each.kind, data: each.values, barMaxWidth: 18, symbolSize: 6, connectNulls: true,
      itemStyle: each.kind === "bar" ? { borderRadius: drawing.isLying ? [0, 3, 3, 0] : [3, 3, 0, 0] } : {},
    })),
  };
}

/** Keeps its size and its colours in step with the page; the answer ends it. */
export function draw(place: HTMLElement, drawing: () => Drawing): { again: () => void; end: () => void } {
  const chart = core.init(place);
  const again = (): void => chart.setOption(optionOf(drawing()), { notMerge: true });
  const size = new ResizeObserver(() => chart.resize());
  const theme = new MutationObserver(again);
  size.observe(place);
  theme.observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
  again();
  return {
    again,
    end: () => {
      size.disconnect();
      theme.disconnect();
      chart.dispose();
    },
  };
}
