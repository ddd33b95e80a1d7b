module github.com/settle-go/settle/proof

go 1.26.0

replace github.com/settle-go/settle => ..

require (
	github.com/google/go-cmp v0.7.0
	github.com/settle-go/settle v0.0.0-00010101000000-000000000000
	github.com/vmware/govmomi v0.56.0
)

require (
	github.com/google/uuid v1.6.0 // indirect
	github.com/itchyny/gojq v0.12.20 // indirect
	github.com/itchyny/timefmt-go v0.1.9 // indirect
	github.com/rogpeppe/go-internal v1.16.0 // indirect
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	golang.org/x/time v0.16.0 // indirect
	gopkg.in/yaml.v3 v3.0.1 // indirect
)
