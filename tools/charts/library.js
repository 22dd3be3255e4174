// What the console's charts need of Apache ECharts, and nothing else (decision 0044).
import { BarChart, HeatmapChart, LineChart } from "echarts/charts";
import {
  GridComponent,
  MarkLineComponent,
  TooltipComponent,
  VisualMapPiecewiseComponent,
} from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

use([BarChart, HeatmapChart, LineChart, GridComponent, MarkLineComponent, SVGRenderer]);
use([TooltipComponent, VisualMapPiecewiseComponent]);

export { init };
