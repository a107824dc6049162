import type * as LightweightCharts from 'lightweight-charts'
import type { PageCharts, SymbolChart } from './page-charts.ts'

/** No text of others is part of it. */
export interface PageData {
  symbols: readonly Omit<SymbolChart, 'symbol'>[]
  breadth: PageCharts['breadth']
  /** Where dates are those of a zone. */
  timezone: string
  isDaily: boolean
}

type Library = typeof LightweightCharts

/**
 * Draws the charts of a page. It runs there, taken by its text: nothing but its arguments and the page may be used in it.
 */
export function drawCharts(library: Library, { symbols, breadth, timezone, isDaily }: PageData): void {
  // Dragging shows those before.
  const barsAtFirst = 120
  // Of a marker on the last bar.
  const roomForText = 7
  // Swedish writes 2024-12-31 09:00.
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'short' })
  const textOf = (time: unknown) => format.format(Number(time) * 1000)
  /** Of the text of a time, by the kind of tick: year, month, day, time. */
  const ticks = [
    [0, 4],
    [0, 7],
    [5, 10],
    [11, 16],
  ] as const

  function look(): LightweightCharts.DeepPartial<LightweightCharts.ChartOptions> {
    const style = getComputedStyle(document.documentElement)
    const color = (name: string) => style.getPropertyValue(name).trim()
    return {
      layout: {
        background: { type: library.ColorType.Solid, color: color('--card') },
        textColor: color('--faint'),
        // The footer has the notice, once.
        attributionLogo: false,
      },
      grid: { vertLines: { color: color('--line') }, horzLines: { color: color('--line') } },
    }
  }

  function chartIn(element: HTMLElement, bars: number): LightweightCharts.IChartApi {
    const chart = library.createChart(element, {
      ...look(),
      autoSize: true,
      rightPriceScale: { borderVisible: false },
      timeScale: {
        borderVisible: false,
        timeVisible: !isDaily,
        tickMarkFormatter: (time: unknown, type: number) => textOf(time).slice(...(ticks[type] ?? ticks[3])),
      },
      localization: { timeFormatter: (time: unknown) => textOf(time).slice(0, isDaily ? 10 : 16) },
      // The wheel and an upright finger move the page.
      handleScroll: { mouseWheel: false, vertTouchDrag: false },
      handleScale: { mouseWheel: false },
    })
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => chart.applyOptions(look()))
    chart.timeScale().setVisibleLogicalRange({ from: Math.max(0, bars - barsAtFirst) - 0.5, to: bars + roomForText })
    return chart
  }

  symbols.forEach(({ candles, markers, precision }, at) => {
    const chart = chartIn(document.getElementById(`chart-${at}`)!, candles.length)
    const series = chart.addSeries(library.CandlestickSeries, {
      priceFormat: { type: 'price', precision, minMove: 10 ** -precision },
    })
    series.setData([...candles])
    library.createSeriesMarkers(series, [...markers])
  })
  const element = document.getElementById('breadth')
  if (!element) return
  const series = chartIn(element, breadth.length).addSeries(library.HistogramSeries, {
    color: '#2f81f7',
    priceLineVisible: false,
    priceFormat: { type: 'custom', minMove: 0.01, formatter: (percent: number) => `${percent.toFixed(1)} %` },
  })
  series.priceScale().applyOptions({ scaleMargins: { top: 0.15, bottom: 0 } })
  series.setData([...breadth])
}
