"""Definitions of indicators in Japanese, by their names."""

INDICATORS = {
    "latency_stretch": "最短の光ファイバを通る光に対する RTT の比",
    "bandwidth_efficiency": "拠点間の計画レートに対するスループットの比",
    "collective_efficiency": "1 拠点での集団通信の時間を、この網での時間で割った値",
    "training_slowdown": "1 拠点の場合に対する学習ステップの時間の比",
    "replication_penalty": "1 拠点内に対する確定遅延の比",
    "migration_downtime": "移行される仮想マシンの停止時間",
    "outage": "プローブが見た最長の通信断",
    "energy_per_bit": "2 拠点間で 1 ビットを送るエネルギー(全負荷時)",
    "spectrum_used": "全光ファイバの C 帯のうち点灯している割合",
}
