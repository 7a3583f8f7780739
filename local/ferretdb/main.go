// Command ferretdb serves MongoDB's wire protocol from SQLite files: a stand-in for machines that have no mongod.
// FerretDB's own command cannot be built from its module, which leaves files out; its embeddable package can.
package main

import (
	"context"
	"flag"
	"log/slog"
	"net/url"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	listen := flag.String("listen", "127.0.0.1:17017", "address to listen on")
	data := flag.String("data", ".", "folder of the SQLite files, one for each database")
	flag.Parse()

	// FerretDB logs each connection at the level of information: a log that nobody would read.
	logger := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	if err := serve(*listen, *data, logger); err != nil {
		logger.Error("cannot serve", "address", *listen, "folder", *data, "error", err)
		os.Exit(1)
	}
}

func serve(listen, data string, logger *slog.Logger) error {
	folder, err := filepath.Abs(data)
	if err != nil {
		return err
	}
	server, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: listen},
		Logger:    logger,
		Handler:   "sqlite",
		SQLiteURL: (&url.URL{Scheme: "file", Path: folder + "/"}).String(),
	})
	if err != nil {
		return err
	}
	asked, cancel := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer cancel()
	return server.Run(asked)
}
