package serving

import "context"

// Settle is how long readings are gathered.
const Settle = settle

// Retry does at once what is done every minute.
func (s *Serving) Retry(ctx context.Context) { s.retry(ctx) }

// KeepReadings is what goes on from Start to Stop, without the server.
func (s *Serving) KeepReadings(ctx context.Context) { s.keepReadings(ctx) }
