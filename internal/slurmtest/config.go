//go:build linux

package slurmtest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net"
	"os"
	"text/template"
)

const (
	config = "slurm.conf"
	group  = "nogroup"
)

// Ports are those of one cluster.
type ports struct{ controller, node, rest int }

// Neither systemd nor control groups nor accounting. Where it differs from what Slurm does by itself it is quicker: a job
// starts at once, and one that was told to end is killed a second later.
var configuration = template.Must(template.New(config).Parse(`
ClusterName=test
SlurmctldHost={{.Host}}(127.0.0.1)
SlurmctldPort={{.Ports.Controller}}
SlurmdPort={{.Ports.Node}}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={{.Dir}}/munge.socket
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key={{.Dir}}/jwt.key
CredType=cred/munge
StateSaveLocation={{.Dir}}/state
SlurmdSpoolDir={{.Dir}}/spool
SlurmctldPidFile={{.Dir}}/slurmctld.pid
SlurmdPidFile={{.Dir}}/slurmd.pid
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_min_interval=1000
PreemptType=preempt/partition_prio
PreemptMode=CANCEL
KillWait=1
MinJobAge=3600
ReturnToService=2
SlurmdParameters=config_overrides
NodeName={{.Host}} NodeAddr=127.0.0.1 CPUs={{.CPUs}} State=UNKNOWN
PartitionName=all Nodes=ALL Default=YES MaxTime=INFINITE PriorityTier=1
PartitionName=urgent Nodes=ALL MaxTime=INFINITE PriorityTier=2
`))

// configure fills the folder.
func (d *daemons) configure() error {
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	if err := d.choosePorts(); err != nil {
		return err
	}
	var text bytes.Buffer
	if err := configuration.Execute(&text, map[string]any{
		"Dir": d.dir, "Host": host, "CPUs": cpus,
		"Ports": map[string]int{"Controller": d.ports.controller, "Node": d.ports.node},
	}); err != nil {
		return err
	}
	munge, jwt := make([]byte, 128), make([]byte, 32)
	rand.Read(munge)
	rand.Read(jwt)
	return errors.Join(
		os.Chmod(d.dir, 0o755), // jobs and slurmrestd are not root's
		os.Mkdir(d.path("state"), 0o755),
		os.Mkdir(d.path("spool"), 0o755),
		os.Mkdir(d.path("work"), 0o777),
		os.Chmod(d.path("work"), 0o777), // Mkdir heeds the umask
		os.WriteFile(d.path("munge.key"), munge, 0o600),
		os.WriteFile(d.path("jwt.key"), jwt, 0o600),
		os.WriteFile(d.path(config), text.Bytes(), 0o644),
	)
}

// choosePorts takes ports that nobody has now. The daemons open them a moment later, so they are none of those that a
// kernel hands out in the meantime.
func (d *daemons) choosePorts() error {
	const first, last, tries = 10000, 32000, 1000
	var free []int
	for range tries {
		port := first + mathrand.IntN(last-first)
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue
		}
		defer l.Close()
		if free = append(free, port); len(free) == 3 {
			d.ports = ports{controller: free[0], node: free[1], rest: free[2]}
			return nil
		}
	}
	return errors.New("no free ports")
}
