namespace MarketData.Simulator.Faults;

/// <summary>What faults do to the rows of an answer.</summary>
internal static class BarFaults
{
    /// <summary>Applies the faults to an answer's rows, in time order.</summary>
    /// <param name="rows">The rows, changed in place.</param>
    /// <param name="faults">The faults that hit the request.</param>
    /// <param name="scene">What the answer is about.</param>
    public static void Apply(List<Row> rows, AnswerFaults faults, in AnswerScene scene)
    {
        foreach (var fault in faults.All)
        {
            Apply(rows, fault, scene);
        }
    }

    private static void Apply(List<Row> rows, Fault fault, in AnswerScene scene)
    {
        var provider = scene.Provider;
        switch (fault.Kind)
        {
            case FaultKind.EmptyAnswer:
                rows.Clear();
                break;
            case FaultKind.MissingBars:
            case FaultKind.NullRows or FaultKind.NullPrices when provider != Provider.Yahoo:
                RemovePicked(rows, fault);
                break;
            case FaultKind.DuplicateBars:
            case FaultKind.ConflictingBars:
                Duplicate(rows, fault);
                break;
            case FaultKind.OutOfOrderBars:
                Disorder(rows, fault);
                break;
            case FaultKind.PageOverlap when scene.Before is { } before:
                rows.Insert(0, before);
                break;
            case FaultKind.FutureBar:
                AppendAt(rows, fault, scene, scene.Now + scene.Step);
                break;
            case FaultKind.FormingBar when scene.End >= scene.Now:
                AppendAt(rows, fault, scene, scene.Now);
                break;
            case FaultKind.TodayTwice when rows.Count > 0 && scene.Step == AnswerScene.Day:
                rows.Add(rows[^1] with { Stamp = Math.Min(scene.Now, rows[^1].Stamp + AnswerScene.Session) / 1000 * 1000 });
                break;
            case FaultKind.WeekInTwoRows when rows.Count > 0 && scene.Step == AnswerScene.Week && scene.LastSession is { } session:
                rows.Add(session);
                break;
            default:
                ChangePicked(rows, fault);
                break;
        }
    }

    /// <summary>What a fault makes of one row.</summary>
    private static Row Change(in Row row, Fault fault)
    {
        var bar = row.Bar;
        return fault.Kind switch
        {
            FaultKind.NullRows => row with { PricesNull = true, VolumeNull = true },
            FaultKind.NullPrices => row with { PricesNull = true },
            FaultKind.WrongTypes => row with { Style = NumberStyle.Object },
            FaultKind.SwappedNumbers => row with { Style = NumberStyle.Swapped },
            FaultKind.Exponents => row with { Style = NumberStyle.Exponent },
            FaultKind.OutOfRangeNumbers => row with { Style = NumberStyle.OutOfRange },
            FaultKind.RevisedPrices => Scale(row, fault.Request.Factor ?? 1.001),
            FaultKind.PriceSpike => Scale(row, fault.Request.Factor ?? 1.5),
            FaultKind.ImpossibleCandle => row with { Bar = bar with { Low = bar.Open + 0.25 * Math.Max(bar.High - bar.Low, bar.Open * 0.001) } },
            FaultKind.ZeroPrice => row with { Bar = bar with { Close = 0 } },
            FaultKind.NegativeVolume => row with { Bar = bar with { Volume = -bar.Volume - 1 } },
            FaultKind.OffGrid => row with { Stamp = row.Stamp + 73_000 },
            _ => row,
        };
    }

    private static Row Scale(in Row row, double factor) => row with
    {
        AdjustedClose = row.AdjustedClose * factor,
        Bar = row.Bar with
        {
            Open = Math.Round(row.Bar.Open * factor, 6),
            High = Math.Round(row.Bar.High * factor, 6),
            Low = Math.Round(row.Bar.Low * factor, 6),
            Close = Math.Round(row.Bar.Close * factor, 6),
            Turnover = row.Bar.Turnover * factor,
        },
    };

    private static void ChangePicked(List<Row> rows, Fault fault)
    {
        foreach (var index in Picked(rows, fault))
        {
            rows[index] = Change(rows[index], fault);
        }
    }

    private static void RemovePicked(List<Row> rows, Fault fault)
    {
        var picked = Picked(rows, fault).ToHashSet();
        var index = 0;
        rows.RemoveAll(_ => picked.Contains(index++));
    }

    private static void Duplicate(List<Row> rows, Fault fault)
    {
        var picked = Picked(rows, fault);
        for (var i = picked.Count - 1; i >= 0; i--)
        {
            var row = rows[picked[i]];
            rows.Insert(picked[i] + 1, fault.Kind == FaultKind.ConflictingBars ? Scale(row, fault.Request.Factor ?? 1.01) : row);
        }
    }

    private static void Disorder(List<Row> rows, Fault fault)
    {
        foreach (var index in Picked(rows, fault))
        {
            var other = index + 1 < rows.Count ? index + 1 : index - 1;
            if (other >= 0)
            {
                (rows[index], rows[other]) = (rows[other], rows[index]);
            }
        }
    }

    /// <summary>Adds a copy of the last row on the grid at or before <paramref name="instant"/>.</summary>
    private static void AppendAt(List<Row> rows, Fault fault, in AnswerScene scene, long instant)
    {
        if (rows.Count > 0 && instant > rows[^1].Stamp)
        {
            var last = rows[^1];
            var stamp = last.Stamp + (instant - last.Stamp) / scene.Step * scene.Step;
            stamp += stamp == last.Stamp && fault.Kind == FaultKind.FutureBar ? scene.Step : 0;
            if (stamp > last.Stamp)
            {
                rows.Add(last with { Stamp = stamp, Bar = last.Bar with { Time = last.Bar.Time + stamp - last.Stamp } });
            }
        }
    }

    /// <summary>The indices of the rows that a fault hits, ascending; one at least, when it reaches any.</summary>
    private static List<int> Picked(List<Row> rows, Fault fault)
    {
        List<int> picked = [];
        var reached = -1;
        for (var i = 0; i < rows.Count; i++)
        {
            if (fault.Reaches(rows[i].Stamp))
            {
                reached = reached < 0 || i == rows.Count / 2 ? i : reached;
                if (fault.Picks(rows[i].Stamp))
                {
                    picked.Add(i);
                }
            }
        }

        if (picked.Count == 0 && reached >= 0)
        {
            picked.Add(reached);
        }

        return picked;
    }
}
