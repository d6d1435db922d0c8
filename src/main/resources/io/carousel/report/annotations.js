"use strict";

/* What uPlot has no notion of: shaded bands, horizontal levels, and rows of marks above the plot. */
const annotations = (() => {
  const ROW_HEIGHT = 18;

  /** Shades stretches of x, behind the lines. */
  function drawBands(u, entries, colour) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.globalAlpha = 0.16;
    for (const entry of entries) {
      ctx.fillStyle = colour(entry.colour);
      for (const band of entry.items) {
        const left = Math.max(bbox.left, u.valToPos(band.from, "x", true));
        const right = Math.min(bbox.left + bbox.width, u.valToPos(band.to, "x", true));
        if (right >= left) {
          ctx.fillRect(left, bbox.top, Math.max(right - left, uPlot.pxRatio), bbox.height);
        }
      }
    }
    ctx.restore();
  }

  /** Dashed lines across the plot. */
  function drawLevels(u, entries, colour) {
    const { ctx, bbox } = u;
    ctx.save();
    ctx.strokeStyle = colour(0);
    ctx.lineWidth = 1.25 * uPlot.pxRatio;
    ctx.setLineDash([4 * uPlot.pxRatio, 3 * uPlot.pxRatio]);
    for (const level of entries) {
      const y = u.valToPos(level.items[0].from, "y", true);
      ctx.beginPath();
      ctx.moveTo(bbox.left, y);
      ctx.lineTo(bbox.left + bbox.width, y);
      ctx.stroke();
    }
    ctx.restore();
  }

  /** A label or a triangle for each mark in its row above the plot, and a line down through it. */
  function drawMarks(u, entries, rows, colour) {
    const { ctx, bbox } = u;
    const px = uPlot.pxRatio;
    ctx.save();
    ctx.font = "600 " + u.axes[0].font[0];
    ctx.textAlign = "center";
    ctx.textBaseline = "middle";
    ctx.lineWidth = px;
    for (const entry of entries) {
      const row = rows.length - rows.indexOf(entry) - 0.5;
      const y = bbox.top - row * ROW_HEIGHT * px;
      ctx.strokeStyle = ctx.fillStyle = colour(entry.colour);
      let written = -Infinity;
      for (const mark of entry.items) {
        const x = u.valToPos(mark.from, "x", true);
        if (x < bbox.left - px || x > bbox.left + bbox.width + px) continue;
        ctx.globalAlpha = 0.4;
        ctx.beginPath();
        ctx.moveTo(x, y + 8 * px);
        ctx.lineTo(x, bbox.top + bbox.height);
        ctx.stroke();
        ctx.globalAlpha = 1;
        const width = ctx.measureText(mark.label).width;
        if (mark.label && x - width / 2 > written) {
          ctx.fillText(mark.label, x, y);
          written = x + width / 2 + 3 * px;
        } else if (!mark.label) {
          ctx.beginPath();
          ctx.moveTo(x - 4 * px, y - 2 * px);
          ctx.lineTo(x + 4 * px, y - 2 * px);
          ctx.lineTo(x, y + 6 * px);
          ctx.fill();
        }
      }
    }
    ctx.restore();
  }

  return { ROW_HEIGHT, drawBands, drawLevels, drawMarks };
})();
