// A chart that keeps its points in the browser and is sent only new ones.
import { echarts } from "nicegui-echart";

const REDRAW = 100; // ms at least between two drawings

export default {
  template: "<div></div>",
  props: { axes: Object },
  mounted() {
    this.name = "";
    this.points = [];
    this.chart = echarts.init(this.$el, null, { renderer: "canvas" });
    this.sizes = new ResizeObserver(() => this.chart.resize());
    this.sizes.observe(this.$el);
    this.theme = new MutationObserver(() => this.draw(true));
    this.theme.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    this.draw(true);
  },
  beforeUnmount() {
    clearTimeout(this.timer);
    this.theme.disconnect();
    this.sizes.disconnect();
    this.chart.dispose();
  },
  watch: {
    axes: {
      deep: true,
      handler() {
        this.draw(true);
      },
    },
  },
  methods: {
    take(name, start, points) {
      if (start === 0) {
        this.name = name;
        this.points = [];
      }
      if (name !== this.name || start > this.points.length) {
        this.$emit("resync");
        return;
      }
      // What was sent twice, over a connection that broke, is there once.
      this.points.length = start;
      for (const point of points) this.points.push(point);
      this.$el.dataset.points = this.points.length;
      this.timer ??= setTimeout(() => this.draw(false), REDRAW);
    },
    draw(whole) {
      clearTimeout(this.timer);
      this.timer = undefined;
      const axes = this.axes;
      let [left, right] = axes.x_range;
      let top = axes.y_range[1];
      for (const [x, y] of this.points) {
        if (axes.grows && x > right) right = x;
        if (y !== null && y > top) top = y;
      }
      top = Math.ceil(top / axes.y_step) * axes.y_step;
      if (axes.grows) right = Math.ceil(right / 5) * 5;
      const options = whole ? this.frame() : {};
      options.xAxis = { ...options.xAxis, min: left, max: right };
      options.yAxis = { ...options.yAxis, min: axes.y_range[0], max: top };
      options.graphic = { id: "empty", type: "text", invisible: this.points.length > 0 };
      if (whole) Object.assign(options.graphic, this.emptyText());
      options.series = [{ ...(options.series?.[0] ?? {}), id: "curve", data: this.points }];
      this.chart.setOption(options);
    },
    colour(name) {
      return getComputedStyle(this.$el).getPropertyValue(name).trim();
    },
    number(value) {
      return this.axes.decimal_comma ? String(value).replace(".", ",") : String(value);
    },
    emptyText() {
      return {
        left: "center",
        top: "middle",
        silent: true,
        style: { text: this.axes.empty_text, fill: this.colour("--muted"), font: "14px Roboto" },
      };
    },
    frame() {
      const axes = this.axes;
      const muted = this.colour("--muted");
      const text = { color: muted, fontFamily: "Roboto", fontSize: 12 };
      const label = { ...text, formatter: (value) => this.number(value) };
      const marked = this.colour(axes.is_limit ? "--bad" : "--muted");
      const series = {
        type: "line",
        showSymbol: false,
        silent: true,
        animation: false,
        sampling: axes.grows ? "minmax" : undefined,
        lineStyle: { width: axes.grows ? 1.25 : 2.25, color: this.colour("--curve") },
        itemStyle: { color: this.colour("--curve") },
        markLine: {
          silent: true,
          symbol: "none",
          animation: false,
          lineStyle: { color: marked, type: "dashed", width: 1.5 },
          label: {
            show: axes.mark_text !== "",
            formatter: axes.mark_text,
            position: "insideEndTop",
            color: marked,
            fontFamily: "Roboto",
            fontSize: 12,
          },
          data: axes.mark === null ? [] : [{ yAxis: axes.mark }],
        },
        markArea: {
          silent: true,
          animation: false,
          itemStyle: { color: this.colour("--band") },
          label: { ...text, position: "insideTop", formatter: axes.band_text },
          data: axes.band === null ? [] : [[{ xAxis: axes.band[0] }, { xAxis: axes.band[1] }]],
        },
      };
      return {
        animation: false,
        grid: { left: 46, right: 18, top: 12, bottom: 26 },
        xAxis: {
          type: "value",
          axisLabel: { ...label, hideOverlap: true },
          axisLine: { lineStyle: { color: this.colour("--line") } },
          axisTick: { show: false },
          splitLine: { show: false },
        },
        yAxis: {
          type: "value",
          axisLabel: label,
          interval: axes.y_step,
          splitLine: { lineStyle: { color: this.colour("--line") } },
        },
        series: [series],
      };
    },
  },
};
